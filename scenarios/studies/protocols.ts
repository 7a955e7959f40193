/** The protocols that the experiments compare, in one place: a new one is a line here, with those it stands beside. */
import type { Protocol } from '../scenario.ts';

/** The protocol that all others are compared with. */
export const SUBJECT = 'ring-tmp';

/** The ring, and the ways to lay it out. Rings of the torus are given: left to choose, it mostly takes one. */
const RINGS: readonly Protocol[] = [
  { kind: 'ring-tmp' },
  { kind: 'ring-tmp', label: `${SUBJECT}, 2bw`, mode: '2bw' },
  { kind: 'ring-tmp', label: `${SUBJECT}, relay`, variant: 'relay' },
  { kind: 'ring-tmp', label: `${SUBJECT}, laps`, variant: 'laps' },
  { kind: 'ring-tmp', label: `${SUBJECT}, rotation`, variant: 'rotation' },
  { kind: 'ring-tmp', label: `${SUBJECT}, torus`, variant: 'torus', rings: 4 },
];

/** What the ring gives up for not waiting: they update by the micro-batch, and differ in versions and memory. */
const MODES: readonly Protocol[] = [
  { kind: 'ring-tmp', label: `${SUBJECT}, stash`, mode: 'stash' },
  { kind: 'ring-tmp', label: `${SUBJECT}, bounded`, mode: 'bounded', staleness: 4 },
];

const SERVER: readonly Protocol[] = [{ kind: 'ps-bsp' }, { kind: 'ps-asp' }];

/** What a parameter server can do about its one link: more servers, activations in place of gradients, a tree. */
const SERVERS: readonly Protocol[] = [
  { kind: 'ps-bsp', label: 'ps-bsp, 4 servers', servers: 4 },
  { kind: 'ps-bsp', label: 'ps-bsp, tree pull', pull: 'tree' },
  { kind: 'ps-bsp', label: 'ps-bsp, activations', pushForm: 'activations' },
];

/** What it can do about waiting, and a job a batch as MapReduce has it. */
const WAITS: readonly Protocol[] = [
  { kind: 'ps', label: 'ps, 1 backup worker', consistency: 'bsp', backupWorkers: 1 },
  { kind: 'ps', label: 'ps, 2 clocks stale', consistency: { ssp: 2 } },
  { kind: 'ps', label: 'downpour', consistency: 'asp', downpour: { fetch: 2, push: 2 } },
  {
    kind: 'ps',
    label: 'MapReduce',
    consistency: 'bsp',
    mapReduce: { jobOverhead: 0.01, storageBandwidth: 1e9 },
  },
];

const COPIES: readonly Protocol[] = [{ kind: 'all-reduce' }, { kind: 'local-sgd' }];

const PIPELINES: readonly Protocol[] = [
  { kind: 'gpipe' },
  { kind: '1f1b' },
  { kind: 'interleaved-1f1b' },
  { kind: 'zb1p' },
  { kind: 'dualpipe-v' },
];

/** One of each family, where runs are expensive; all layouts of the subject. */
export const FAMILIES: readonly Protocol[] = [
  ...RINGS,
  ...SERVER,
  SERVERS[0],
  ...COPIES,
  { kind: '1f1b' },
];

/** Those that can be paid for: whoever has each node's part go to each other takes a quarter of an hour on 4,096 nodes. */
export function affordable(protocols: readonly Protocol[], nodes: number): readonly Protocol[] {
  const dear = COPIES.map(({ kind }) => kind);
  return protocols.filter(({ kind }) => nodes <= 1024 || !dear.includes(kind));
}

/** Where it is asked who waits, and how far each scales. */
export const TIMED: readonly Protocol[] = [
  ...RINGS,
  ...SERVER,
  ...SERVERS,
  ...WAITS,
  ...COPIES,
  ...PIPELINES,
];

/** Where it is asked what is learned: besides, modes that change the arithmetic, and blocks that rest. */
export const LEARNING: readonly Protocol[] = [
  ...RINGS,
  ...MODES,
  { kind: 'ring-tmp', label: `${SUBJECT}, cooling`, cooling: { threshold: 0.001 } },
  ...SERVER,
  ...SERVERS,
  ...WAITS,
  ...COPIES,
  ...PIPELINES,
];

/** Where it is asked what fits: nothing that differs from one of these in waiting alone. */
export const HOLDING: readonly Protocol[] = [
  ...RINGS,
  ...MODES,
  ...SERVER,
  ...SERVERS,
  ...COPIES,
  ...PIPELINES,
];

/** With what each has against failures: copies of state, or only the checkpoints that all have. */
export const RESILIENT: readonly Protocol[] = [
  { kind: 'ring-tmp', label: 'ring-tmp, r=1', replicas: 1 },
  { kind: 'ring-tmp', label: 'ring-tmp, r=2', replicas: 2 },
  { kind: 'ring-tmp', label: 'ring-tmp, torus', variant: 'torus', rings: 2 },
  { kind: 'ring-tmp', label: 'ring-tmp, 2bw', mode: '2bw' },
  { kind: 'ps-bsp', label: 'ps-bsp, r=1', replicas: 1 },
  { kind: 'ps-bsp', label: 'ps-bsp, r=0' },
  {
    kind: 'ps',
    label: 'ps, 1 backup worker, r=1',
    consistency: 'bsp',
    backupWorkers: 1,
    replicas: 1,
  },
  { kind: 'ps-asp', label: 'ps-asp, r=1', replicas: 1 },
  { kind: 'all-reduce' },
  { kind: 'local-sgd' },
  { kind: '1f1b' },
];
