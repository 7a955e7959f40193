/**
 * Draws faults timed by messages of recovery. Randomly timed faults rarely hit states that last so short a time: a
 * successor that dies between two messages, a state that is cut off in transfer. So the run is watched first, and the
 * sender or receiver of such a message is hit then. Each further fault is timed by a run with the ones before.
 */
import type { Scenario } from '../../scenarios/scenario.ts';
import { Chance, seconds } from '../../models/claims/chance.ts';
import type { DrawnFault, FuzzProfile, Stage } from '../../models/claims/fuzz-profile.ts';
import type { MessageSeen } from '../../models/claims/evidence.ts';
import { recoveryMessages } from './recovery-moments.ts';
import { watchRun } from './run-case.ts';

/** The fraction of seeds with such faults. */
const SHARE = 0.25;
const MOST_FAULTS = 3;

/** A time close to a message: at once, right after, or within a latency. */
function nearby(chance: Chance, { sentNs, deliveredNs }: MessageSeen, latencyNs: number): number {
  const atNs = chance.often(0.5) ? sentNs : (deliveredNs ?? sentNs);
  const apartNs = chance.one([0, 1, latencyNs * chance.real(-1, 1), latencyNs * chance.real(0, 1)]);
  return Math.max(0, atNs + apartNs);
}

/** Two sides, with the sender on one and the receiver on the other. */
function sides(chance: Chance, { nodes }: Stage, [from, to]: readonly number[]): number[][] {
  const lone = chance.often(0.5);
  const near: number[] = [];
  const far: number[] = [];
  for (let node = 0; node < nodes; node++)
    if (node === from || (node !== to && !lone && chance.often(0.5))) near.push(node);
    else far.push(node);
  return [near, far];
}

/** A fault of the sender, the receiver, or of what is between them. */
function faultNear(
  chance: Chance,
  stage: Stage,
  { from, to }: MessageSeen,
  atNs: number,
): DrawnFault {
  const kind = chance.one(['crash', 'crash', 'crash', 'pause', 'cut', 'partition']);
  const lasting = (least: number, most: number) => ({
    for: seconds(Math.max(1, stage.silenceNs * chance.real(least, most))),
  });
  const at = seconds(atNs);
  const pair = chance.often(0.5) ? [from, to] : [to, from];
  switch (kind) {
    case 'crash':
      return { at, kind, node: pair[0], ...(chance.often(0.5) ? lasting(0.1, 3) : {}) };
    case 'pause':
      return { at, kind, node: pair[0], ...lasting(1.05, 5) };
    case 'cut': {
      const oneWay = chance.often(0.3) ? { oneWay: true } : {};
      return { at, kind, between: pair, ...oneWay, ...(chance.often(0.8) ? lasting(0.5, 6) : {}) };
    }
    default: {
      const groups = sides(chance, stage, pair);
      return { at, kind, groups, ...(chance.often(0.8) ? lasting(0.5, 6) : {}) };
    }
  }
}

/** One of them: each kind of message is equally likely, however often it is sent. */
function anyOf(chance: Chance, messages: readonly MessageSeen[]): MessageSeen {
  const kind = chance.one([...new Set(messages.map((seen) => seen.kind))]);
  return chance.one(messages.filter((seen) => seen.kind === kind));
}

/**
 * Further faults for a scenario with faults: none for most seeds, and none where nothing is recovered. Their times
 * are fixed, so that the scenario runs like any other.
 */
export async function drawMoments(
  seed: number,
  scenario: Scenario,
  stage: Stage,
  { recovery: words }: FuzzProfile,
): Promise<DrawnFault[]> {
  const chance = new Chance(seed, 'moments');
  if (stage.nodes < 2 || !chance.often(SHARE)) return [];
  const latencyNs = Number(scenario.cluster.network.latency) * 1e9;
  const further: DrawnFault[] = [];
  const count = chance.whole(1, MOST_FAULTS);
  let sinceNs = 0;
  while (further.length < count) {
    const faults = [...(scenario.faults ?? []), ...further] as Scenario['faults'];
    const { messages } = await watchRun({ ...scenario, faults });
    const recovery = recoveryMessages(messages, words);
    const later = recovery.filter(({ sentNs }) => sentNs >= sinceNs);
    const near = later.filter(({ sentNs }) => sentNs <= sinceNs + 4 * stage.silenceNs);
    const open = further.length > 0 && near.length > 0 && chance.often(0.7) ? near : later;
    if (open.length === 0) break;
    const message = anyOf(chance, open);
    const atNs = nearby(chance, message, latencyNs);
    further.push(faultNear(chance, stage, message, atNs));
    sinceNs = atNs;
  }
  return further;
}
