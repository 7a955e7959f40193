/** The protocols that the experiments compare, in one place: a new one is a line here, and is in all of them. */
import type { Protocol } from '../scenario.ts';

/** The protocol that all others are compared with. */
export const SUBJECT = 'ring-tmp';

export const PROTOCOLS: readonly Protocol[] = [
  { kind: 'ring-tmp' },
  { kind: 'ring-tmp', label: `${SUBJECT}, 2bw`, mode: '2bw' },
  { kind: 'ring-tmp', label: `${SUBJECT}, torus`, variant: 'torus' },
  { kind: 'ring-tmp', label: `${SUBJECT}, laps`, variant: 'laps' },
  { kind: 'ps-bsp' },
  { kind: 'ps-bsp', label: 'ps-bsp, 4 servers', servers: 4 },
  { kind: 'ps-asp' },
  { kind: 'ps', label: 'ps, 2 clocks stale', consistency: { ssp: 2 } },
  { kind: 'ps', label: 'downpour', consistency: 'asp', downpour: { fetch: 2, push: 2 } },
  { kind: 'all-reduce' },
  { kind: 'local-sgd' },
  { kind: 'gpipe' },
  { kind: '1f1b' },
  { kind: 'interleaved-1f1b' },
  { kind: 'zb1p' },
  { kind: 'dualpipe-v' },
];

/** One of each family, where runs are expensive; all variants of the subject. */
export const FAMILIES: readonly Protocol[] = PROTOCOLS.filter(
  ({ kind, label = kind }) =>
    kind === SUBJECT || ['ps-bsp', 'ps-asp', 'all-reduce', 'local-sgd', '1f1b'].includes(label),
);

/** With what each has against failures: copies of state, or only the checkpoints that all have. */
export const RESILIENT: readonly Protocol[] = [
  { kind: 'ring-tmp', label: 'ring-tmp, r=1', replicas: 1 },
  { kind: 'ring-tmp', label: 'ring-tmp, r=2', replicas: 2 },
  { kind: 'ring-tmp', label: 'ring-tmp, torus', variant: 'torus', rings: 2 },
  { kind: 'ps-bsp', label: 'ps-bsp, r=1', replicas: 1 },
  { kind: 'ps-bsp', label: 'ps-bsp, r=0' },
  { kind: 'ps-asp', label: 'ps-asp, r=1', replicas: 1 },
  { kind: 'all-reduce' },
  { kind: 'local-sgd' },
  { kind: '1f1b' },
];
