/** Every claim that a drawn run is held to, one a file of `invariants/`. */
import { isAbout, type Claim } from './claim.ts';
import type { Evidence } from './evidence.ts';
import { accountingSums } from './invariants/accounting-sums.ts';
import { busyIsKept } from './invariants/busy-is-kept.ts';
import { channelPrefix } from './invariants/channel-prefix.ts';
import { checkpointServes } from './invariants/checkpoint-serves.ts';
import { commitsKept } from './invariants/commits-kept.ts';
import { deadDoNothing } from './invariants/dead-do-nothing.ts';
import { deadHearNothing } from './invariants/dead-hear-nothing.ts';
import { downTime } from './invariants/down-time.ts';
import { givesUpWithReason, noDeadlock, noError, runEnds } from './invariants/ends-well-said.ts';
import { faultlessFinishes } from './invariants/faultless-finishes.ts';
import { goesBackLittle } from './invariants/goes-back-little.ts';
import { gradientsOnce } from './invariants/gradients-once.ts';
import { iterationsTold } from './invariants/iterations-told.ts';
import { livesApart } from './invariants/lives-apart.ts';
import { memoryReturned } from './invariants/memory-returned.ts';
import { oneHistory } from './invariants/one-history.ts';
import { oneOwner } from './invariants/one-owner.ts';
import { oneSideCommits } from './invariants/one-side-commits.ts';
import { oneVersion } from './invariants/one-version.ts';
import { promiseKept } from './invariants/promise-kept.ts';
import { redoneCounted } from './invariants/redone-counted.ts';
import { redoWithCause } from './invariants/redo-with-cause.ts';
import { ackedKept } from './invariants/acked-kept.ts';
import { appliedOnce } from './invariants/applied-once.ts';
import { lineageWhole } from './invariants/lineage-whole.ts';
import { lossesCounted } from './invariants/losses-counted.ts';
import { ackAfterCopy, replicasFollow } from './invariants/replicas-follow.ts';
import { repeatable } from './invariants/repeatable.ts';
import { restartFromLast } from './invariants/restart-from-last.ts';
import { suspectedWithCause } from './invariants/suspected-with-cause.ts';
import { versionsClose } from './invariants/versions-close.ts';
import { weightsEqual } from './invariants/weights-equal.ts';

/** In the order in which they are judged: the first that is broken names the finding. */
export const CLAIMS: readonly Claim[] = [
  faultlessFinishes,
  runEnds,
  noError,
  noDeadlock,
  givesUpWithReason,
  checkpointServes,
  promiseKept,
  weightsEqual,
  oneVersion,
  versionsClose,
  oneOwner,
  gradientsOnce,
  oneSideCommits,
  oneHistory,
  goesBackLittle,
  replicasFollow,
  ackAfterCopy,
  commitsKept,
  ackedKept,
  appliedOnce,
  lineageWhole,
  lossesCounted,
  redoneCounted,
  restartFromLast,
  channelPrefix,
  iterationsTold,
  deadDoNothing,
  deadHearNothing,
  livesApart,
  downTime,
  busyIsKept,
  redoWithCause,
  suspectedWithCause,
  accountingSums,
  memoryReturned,
  repeatable,
];

export interface Breach {
  readonly claim: string;
  readonly sentence: string;
}

/** How many things of each kind each claim has looked at, by its name. */
export type Examined = Readonly<Record<string, Readonly<Record<string, number>>>>;

/** What the claims say of a run. */
export interface Judgement {
  readonly breaches: readonly Breach[];
  /** Of the claims that are about its protocol. */
  readonly examined: Examined;
}

/** Holds a run to every claim that is about its protocol. */
export function judgeClaims(evidence: Evidence): Judgement {
  const breaches: Breach[] = [];
  const examined: Record<string, Record<string, number>> = {};
  for (const claim of CLAIMS) {
    if (!isAbout(claim, evidence.protocol.kind)) continue;
    const counts = Object.fromEntries(claim.examines.map((thing) => [thing, 0]));
    const sentence = claim.broken(evidence, (thing, count = 1) => (counts[thing] += count));
    examined[claim.name] = counts;
    if (sentence !== null) breaches.push({ claim: claim.name, sentence });
  }
  return { breaches, examined };
}

/** The claims that the evidence breaks. */
export function breachesOf(evidence: Evidence): readonly Breach[] {
  return judgeClaims(evidence).breaches;
}
