/** A peer that is up, near and heard in time is not suspected. */
import { NOTES, type SuspectedNote } from '../../../models/spec/notes.ts';
import type { Claim } from '../../../models/claims/claim.ts';
import { notesOf } from '../../../models/claims/evidence.ts';

/** Faults after which heartbeats may be late or missing. */
const CAUSES: readonly string[] = [
  'crash',
  'pause',
  'cut',
  'partition',
  'loss',
  'reorder',
  'degrade',
];

export const suspectedWithCause: Claim<'suspicions'> = {
  name: 'suspected-with-cause',
  says: 'nobody is suspected before a fault that can keep a beat away (where latency is steady)',
  about: ({ watches }) => watches,
  examines: ['suspicions'],
  broken(evidence, saw) {
    if (evidence.scenario.cluster.jitter?.latency !== undefined) return null;
    const firstNs = Math.min(
      Infinity,
      ...evidence.faults.filter(({ kind }) => CAUSES.includes(kind)).map(({ timeNs }) => timeNs),
    );
    const suspicions = notesOf<SuspectedNote>(evidence, NOTES.suspected);
    saw('suspicions', suspicions.length);
    const early = suspicions.find(({ timeNs }) => timeNs <= firstNs);
    return early
      ? `node ${early.node} suspects node ${early.value.peer} at ${early.timeNs} ns, and nothing had struck`
      : null;
  },
};
