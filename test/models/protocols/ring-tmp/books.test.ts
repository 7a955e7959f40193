/** PROTOCOLS F: whatever becomes of views, work that is in the weights at the end is busy, and all else redo. */
import { NOTES, type WastedNote } from '../../../../models/spec/notes.ts';
import t from 'tap';
import { Accounting } from '../../../../engine/accounting.ts';
import { NODE_STATES } from '../../../../engine/node-states.ts';
import type { Message, NodeId, World } from '../../../../engine/world.ts';
import { lineOf } from '../../../../models/costs/cost-line.ts';
import { measure, recordValues } from '../../../../models/costs/node-records.ts';
import { ringOptions } from '../../../../models/protocols/ring-tmp/options.ts';
import { ResilientNode } from '../../../../models/protocols/ring-tmp/recovery/resilient-node.ts';
import type { RecoveryPlan } from '../../../../models/protocols/ring-tmp/ring-view.ts';
import { RingWork } from '../../../../models/protocols/ring-tmp/ring-work.ts';
import { firstEpochOf, nextEpoch } from '../../../../models/membership/epoch.ts';
import { atTime, runFaulty, these, crash, type FaultySetting } from './faulty.ts';
import { assignmentOf, host } from './harness.ts';
import { booksMatch } from './lineage-claims.ts';

const MICRO_BATCHES = 4;

const calm: FaultySetting = {
  hosts: [host(), host(), host(), host()],
  model: { kind: 'mlp', layers: [4, 6, 6, 3], activation: 'relu' },
  training: { iterations: 3, microBatches: MICRO_BATCHES },
  heartbeatNs: 15_000,
  misses: 2,
  rules: [],
};

const protocol = { kind: 'ring-tmp', replicas: 1 } as { kind: string };
const silenceNs = calm.heartbeatNs * calm.misses;

const pause = (node: NodeId, atNs: number, forNs: number) =>
  atTime(atNs, { kind: 'pause', target: these(node), forNs });

/** Times of a run without faults, at equal distances from that part of it on. */
function momentsFrom(part: number, count: number): number[] {
  const { timeNs } = runFaulty(calm, protocol).result;
  const moment = (_: unknown, k: number) => Math.floor(timeNs * (part + ((1 - part) * k) / count));
  return Array.from({ length: count }, moment);
}

t.test(
  'F: who goes on in a view that all have left works in vain, though it dies before it hears',
  async (t) => {
    let workedOn = 0;
    for (const atNs of momentsFrom(0.6, 60)) {
      const goesOnNs = atNs + 20 * silenceNs;
      const rules = [
        pause(1, atNs, 20 * silenceNs),
        crash(1, goesOnNs + silenceNs / 2, 5 * silenceNs),
      ];
      const trace = runFaulty({ ...calm, rules }, protocol);
      t.equal(trace.result.outcome, 'finished');
      t.doesNotThrow(() => booksMatch(trace), `node 1 stands still from ${atNs} ns on`);
      if (trace.jobs.some(({ node, startNs }) => node === 1 && startNs >= goesOnNs)) workedOn++;
    }
    t.ok(workedOn > 5, `${workedOn} times it began something when all was done`);
  },
);

/** A world in which nothing happens by itself, over these books. */
function stillWorld(accounting: Accounting): World {
  const nothing = () => undefined;
  return {
    ...{ self: 1, incarnation: 1, disk: null, now: () => 1000 },
    note: (name, value) => {
      if (name === NOTES.wasted) accounting.writeOff(value as WastedNote, 1000);
    },
    random: () => {
      throw new Error('nothing is drawn here');
    },
    ...{ send: nothing, giveUp: nothing, compute: nothing, wake: nothing },
    ...{ cancel: nothing, watch: nothing, unwatch: nothing, hangUp: nothing, save: nothing },
    ...{ load: nothing, persist: nothing, hold: nothing, release: nothing },
  };
}

const older = nextEpoch(0, 0);
const between = nextEpoch(firstEpochOf(1), 0);
const epoch = nextEpoch(between, 2);

/**
 * The times of node 1, which has worked on steps 1 and 2 in an older epoch, 10 ns and 20 ns, and 7 ns on step 2 in the
 * view of `epoch` once it is taken in there; `beginnings` are those of that view.
 */
function booksOfReturn(workedIn: number, beginnings: RecoveryPlan['beginnings']) {
  const accounting = new Accounting(calm.hosts.length, true);
  for (const step of [1, 2]) {
    accounting.jobStarted(1, false, 100 * step, step, workedIn);
    accounting.jobEnded(1, 110 * step);
  }
  const assignment = { ...assignmentOf(calm), detector: { heartbeatNs: 10, misses: 2 } };
  const options = ringOptions.parse(protocol);
  const work = new RingWork(assignment, options, lineOf(calm.model, calm.hosts.length));
  const node = new ResilientNode(stillWorld(accounting), work);
  const members = [0, 1, 2, 3];
  const bounds = [0, 1, 2, 3, 4];
  const plan: RecoveryPlan = {
    view: { epoch, nodes: members, bounds },
    source: {
      ...{ epoch: older, bounds, holders: [0, 2, 2, 3] },
      ...{ version: 3, checkpoint: false, savedIn: 0, proven: true },
    },
    beginnings,
    records: members.map((each) => recordValues(measure(assignment, each))),
  };
  node.start();
  node.receive({ kind: 'PREPARE', epoch, incarnation: 0, installed: between } as Message, 2);
  node.persisted();
  const view = { epoch, members, incarnations: [0, 1, 0, 0], joined: [1] };
  node.receive({ kind: 'INSTALL', view, known: [], plan } as Message, 2);
  node.persisted();
  accounting.jobStarted(1, false, 1000, 2, epoch);
  accounting.jobEnded(1, 1007);
  const times = new Float64Array(NODE_STATES.length);
  accounting.readTimes(1, 1007, times);
  const [busy, redo] = ['busy', 'redo'].map((state) => times[NODE_STATES.indexOf(state as 'busy')]);
  return { busy, redo };
}

t.test(
  'F: what was done in a view that is not gone on from is in vain, whatever step it was of',
  async (t) => {
    const beginnings = [
      { epoch: older, version: 0 },
      { epoch, version: 2, from: older },
    ];
    t.same(booksOfReturn(between, beginnings), { busy: 7, redo: 30 });
    t.same(booksOfReturn(older, beginnings), { busy: 10 + 7, redo: 20 });
  },
);
