/** Compares computed times with the times in a file: within a microsecond, or a millionth of the duration. */
import { BadInput } from '../scenario/bad-input.ts';

const TOLERANCE_SECONDS = 1e-6;
const TOLERANCE_RELATIVE = 1e-6;

/** One time to compare: its name, when the transfer began, the file's time (if any) and the computed one. */
export interface ComparedTime {
  readonly name: string;
  readonly startSeconds: number;
  readonly given: number | undefined;
  readonly computed: number;
}

export interface Comparison {
  readonly holds: boolean;
  /** One line: the largest difference, and where it is. */
  readonly text: string;
}

/** @throws BadInput when the file has no time for one of them */
export function compareTimes(times: readonly ComparedTime[]): Comparison {
  let worst: ComparedTime | null = null;
  let worstShare = -1;
  let largestRelative = 0;
  let outside = 0;
  for (const time of times) {
    if (time.given === undefined)
      throw new BadInput(
        `${time.name} has no time in the file to compare with; a number of seconds would be right`,
      );
    const difference = Math.abs(time.computed - time.given);
    const duration = Math.max(0, time.given - time.startSeconds);
    const share = difference / Math.max(TOLERANCE_SECONDS, TOLERANCE_RELATIVE * duration);
    if (share > 1) outside++;
    if (duration > 0) largestRelative = Math.max(largestRelative, difference / duration);
    if (share > worstShare) {
      worstShare = share;
      worst = time;
    }
  }
  if (!worst) return { holds: true, text: 'nothing to compare' };
  const difference = Math.abs(worst.computed - (worst.given ?? 0));
  const duration = (worst.given ?? 0) - worst.startSeconds;
  const relative =
    duration > 0 ? ` (${(difference / duration).toExponential(2)} of its duration)` : '';
  const verdict =
    outside === 0
      ? `all ${times.length} within tolerance`
      : `${outside} of ${times.length} outside the tolerance of 1 us or 1e-6 of the duration`;
  return {
    holds: outside === 0,
    text:
      `largest difference ${difference.toExponential(2)} s${relative}: ${worst.name}, ` +
      `computed ${worst.computed}, in the file ${worst.given}; ` +
      `largest relative difference ${largestRelative.toExponential(2)}; ${verdict}`,
  };
}
