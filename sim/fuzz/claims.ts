/**
 * All claims that drawn runs are checked against: the general ones, a file each in `invariants/`, and those of the
 * run's protocol.
 */
import { MENDABLE_CRASH } from '../../models/survival.ts';
import type { Claim, Traits } from '../../models/claims/claim.ts';
import type { Evidence } from '../../models/claims/evidence.ts';
import { protocolOf } from '../../models/protocols/registry.ts';
import { accountingSums } from './invariants/accounting-sums.ts';
import { channelPrefix } from './invariants/channel-prefix.ts';
import { deadDoNothing } from './invariants/dead-do-nothing.ts';
import { deadHearNothing } from './invariants/dead-hear-nothing.ts';
import { downTime } from './invariants/down-time.ts';
import { givesUpWithReason, noDeadlock, noError, runEnds } from './invariants/ends-well-said.ts';
import { equalsReference } from './invariants/equals-reference.ts';
import { faultlessFinishes } from './invariants/faultless-finishes.ts';
import { iterationsTold } from './invariants/iterations-told.ts';
import { livesApart } from './invariants/lives-apart.ts';
import { memoryReturned } from './invariants/memory-returned.ts';
import { promiseKept } from './invariants/promise-kept.ts';
import { redoWithCause } from './invariants/redo-with-cause.ts';
import { repeatable } from './invariants/repeatable.ts';
import { restartFromLast } from './invariants/restart-from-last.ts';
import { suspectedWithCause } from './invariants/suspected-with-cause.ts';
import { weightsEqual } from './invariants/weights-equal.ts';
import { FUZZED_PROTOCOLS, profileOf } from './profiles.ts';

/** Claims about how a run ends; a finding is named by these first. */
const OF_ENDS: readonly Claim[] = [
  faultlessFinishes,
  equalsReference,
  runEnds,
  noError,
  noDeadlock,
  givesUpWithReason,
  promiseKept,
  weightsEqual,
];

/** Claims about what the world has done, and about its accounts. */
const OF_THE_WORLD: readonly Claim[] = [
  restartFromLast,
  channelPrefix,
  iterationsTold,
  deadDoNothing,
  deadHearNothing,
  livesApart,
  downTime,
  redoWithCause,
  suspectedWithCause,
  accountingSums,
  memoryReturned,
  repeatable,
];

/** Enough nodes for any protocol. */
const SOME_NODES = 9;

/** The traits of a protocol with its default options. */
function traitsOf(kind: string): Traits {
  const { options, reference, survives, timing, uses } = protocolOf(kind)!;
  const given = options.parse({ kind });
  return {
    talks: uses['cluster.network'] !== undefined,
    watches: uses.detector !== undefined,
    recovers:
      uses.checkpoint !== undefined &&
      Object.values(survives(given, MENDABLE_CRASH)).some(
        (fate) => fate === 'restarts' || fate === 'repairs',
      ),
    timing: timing(given),
    hasReference: reference(given, SOME_NODES) !== null,
  };
}

function gatherClaims(kind: string): readonly Claim[] {
  const traits = traitsOf(kind);
  return [...OF_ENDS, ...profileOf(kind).claims, ...OF_THE_WORLD].filter(
    ({ about }) => about?.(traits) ?? true,
  );
}

const BY_KIND = new Map(FUZZED_PROTOCOLS.map((kind) => [kind, gatherClaims(kind)]));

/**
 * The claims for runs of that protocol, in the order in which they are judged: the first that breaks names the
 * finding. Empty for a protocol that is not fuzzed.
 */
export function claimsOf(kind: string): readonly Claim[] {
  return BY_KIND.get(kind) ?? [];
}

/** All claims, each once. */
export const CLAIMS: readonly Claim[] = [...new Set([...BY_KIND.values()].flat())];

export interface Breach {
  readonly claim: string;
  readonly sentence: string;
}

/** How many things of each kind each claim has looked at, by its name. */
export type Examined = Readonly<Record<string, Readonly<Record<string, number>>>>;

/** The result of all claims for one run. */
interface Judgement {
  readonly breaches: readonly Breach[];
  /** By claim that applies to its protocol. */
  readonly examined: Examined;
}

/** Checks a run against every claim that applies to its protocol. */
export function judgeClaims(evidence: Evidence): Judgement {
  const breaches: Breach[] = [];
  const examined: Record<string, Record<string, number>> = {};
  for (const claim of claimsOf(evidence.protocol.kind)) {
    const counts = Object.fromEntries(claim.examines.map((thing) => [thing, 0]));
    const sentence = claim.broken(evidence, (thing, count = 1) => (counts[thing] += count));
    examined[claim.name] = counts;
    if (sentence !== null) breaches.push({ claim: claim.name, sentence });
  }
  return { breaches, examined };
}
