/** The use of one link over the run, out of the table that holds it for all of them. */
import type { RunResult } from '../engine/result.ts';

type Timeline = Pick<RunResult, 'links' | 'linkTimeline'>;

/** Equal slots of the run's time that link use is told in; 0 where the world measures no links. */
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
