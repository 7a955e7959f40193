/** A single node of a parameter server, fed by hand, and what is said to it. */
import type { Job, Message, Node, World } from '../../../../engine/world.ts';
import { protocolOf } from '../../../../models/protocols/registry.ts';
import { TRAINING, assignmentOf, costTable, optionsOf, type Setup } from './harness.ts';

const SETUP: Setup = {
  kind: 'ps-bsp',
  nodes: 4,
  replicas: 1,
  model: costTable(100, 50),
  data: null,
  training: { ...TRAINING, numerics: 'cost' },
  detector: { heartbeatNs: 1000, misses: 3 },
};
export const [HEAD, STANDBY] = [2, 3];

/** A node by itself: what it sends is gathered, and its jobs end when they are told to. */
export function alone(self: number, kind = SETUP.kind, other: Partial<Setup> = {}) {
  const sent: (Message & Record<string, any>)[] = [];
  const jobs: Job[] = [];
  const notes: string[] = [];
  const world: World = {
    self,
    incarnation: 0,
    disk: null,
    now: () => 0,
    random: () => {
      throw new Error('no chance here');
    },
    send: (to, message) => sent.push({ ...message, to }),
    compute: (job) => jobs.push(job),
    wake() {},
    cancel() {},
    hold() {},
    release() {},
    watch() {},
    unwatch() {},
    hangUp() {},
    save() {},
    load() {},
    persist() {},
    disown() {},
    giveUp() {},
    note: (name) => void notes.push(name),
  };
  const setup = { ...SETUP, kind, ...other };
  const plan = protocolOf(kind)!.plan(assignmentOf(setup), optionsOf(setup));
  const node: Node = plan.createNode(world);
  node.start();
  const says = (message: object, from: number) => node.receive(message as Message, from);
  const work = () => {
    while (jobs.length > 0) {
      jobs[0].run();
      node.computed(jobs.shift()!);
    }
  };
  const kinds = (what: string) => sent.filter((message) => message.kind === what);
  return { node, says, work, kinds, jobs, notes };
}

export const entry = {
  number: 0,
  share: null,
  clock: 0,
  gradient: null,
  lossSum: null,
  lost: false,
};
export const append = { kind: 'append', epoch: 0, entry, committed: 0 };
export const prepare = { kind: 'prepare', epoch: 9, life: 0, base: 0 };
export const push = {
  kind: 'share-push',
  session: 0,
  share: 0,
  clock: 0,
  gradient: null,
  lossSum: null,
};
export const pull = { kind: 'work-pull', session: 0, version: -1 };

/** What a node that has stayed in the first view tells a candidate of epoch `epoch`. */
export function promise(epoch: number, received: number) {
  const view = { epoch: 0, chain: [2, 3, 4], lives: [0, 0, 0, 0, 0], sessions: [0, 0, 0, 0, 0] };
  const report = { life: 0, promised: epoch, joining: false, view, settled: view };
  return { kind: 'promised', epoch, report: { ...report, received, version: -1 } };
}
