/** The use of one link over the run, from the table of all links. */
import type { RunResult } from '../engine/result.ts';

type Timeline = Pick<RunResult, 'links' | 'linkTimeline'>;

/** Number of equal time slots of the table; 0 where the world measures no links. */
export function timelineSlots({ links, linkTimeline }: Timeline): number {
  const { length: linkCount } = links.bytes;
  return linkCount > 0 ? linkTimeline.length / linkCount : 0;
}

/** Utilisation of that link in each slot, to four digits. */
export function utilisationOverTime(run: Timeline, link: number): number[] {
  const slots = timelineSlots(run);
  const shares = run.linkTimeline.subarray(link * slots, (link + 1) * slots);
  return Array.from(shares, (share) => Math.round(share * 1e4) / 1e4);
}
