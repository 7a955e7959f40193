/**
 * Draws the faults of a run whose length without faults is known. It prefers hard cases: faults at the same moment,
 * on neighbours, during the repair of another, at the very start and at the very end.
 */
import { Chance, seconds } from '../../models/claims/chance.ts';
import type { DrawnFault, FuzzProfile, Stage } from '../../models/claims/fuzz-profile.ts';

type Recipe = (chance: Chance, stage: Stage) => DrawnFault[];

/** A time in the run: anywhere, at the very start, or around its end. */
function moment(chance: Chance, { lengthNs }: Stage): number {
  if (chance.often(0.1)) return chance.one([0, 1, 2, 1000]);
  if (chance.often(0.12)) return lengthNs * chance.real(0.9, 1.1);
  return lengthNs * chance.real(0, 0.95);
}

/** How long a host is down: shorter than a detection, about as long, or much longer. */
function absence(chance: Chance, { lengthNs, silenceNs }: Stage): number {
  const longest = chance.one([0.2 * silenceNs, 0.8 * silenceNs, 2 * silenceNs, 5 * silenceNs]);
  return Math.max(1, chance.often(0.85) ? longest * chance.real(0.2, 1.2) : lengthNs);
}

function crash(chance: Chance, stage: Stage, node: number, atNs: number): DrawnFault {
  const returns = chance.often(0.5) ? { for: seconds(absence(chance, stage)) } : {};
  return { at: seconds(atNs), kind: 'crash', node, ...returns };
}

const anyNode = (chance: Chance, { nodes }: Stage): number => chance.whole(0, nodes - 1);

const oneCrash: Recipe = (chance, stage) => [
  crash(chance, stage, anyNode(chance, stage), moment(chance, stage)),
];

/** Several crashes: at once, or a fraction of a detection or a repair apart, neighbours or not. */
const crashesTogether: Recipe = (chance, stage) => {
  const count = chance.whole(2, 3);
  const first = anyNode(chance, stage);
  const adjacent = chance.often(0.5);
  const apartNs = chance.one([0, 0, 1, 0.5, 1, 1.2, 1.5, 2]) * stage.silenceNs;
  let atNs = moment(chance, stage);
  return Array.from({ length: count }, (_, index) => {
    const node = adjacent ? (first + index) % stage.nodes : anyNode(chance, stage);
    const fault = crash(chance, stage, node, atNs);
    atNs += apartNs * chance.real(0.5, 1.5);
    return fault;
  });
};

/** The same host repeatedly. */
const crashesAgain: Recipe = (chance, stage) => {
  const node = anyNode(chance, stage);
  let atNs = moment(chance, stage);
  return Array.from({ length: chance.whole(2, 3) }, () => {
    const forNs = absence(chance, stage);
    const fault = { at: seconds(atNs), kind: 'crash', node, for: seconds(forNs) };
    atNs += forNs + stage.silenceNs * chance.real(0, 3);
    return fault;
  });
};

const pauses: Recipe = (chance, stage) =>
  Array.from({ length: chance.whole(1, 3) }, () => ({
    at: seconds(moment(chance, stage)),
    kind: 'pause',
    node: anyNode(chance, stage),
    for: seconds(absence(chance, stage)),
  }));

const slowness: Recipe = (chance, stage) => [
  {
    at: seconds(moment(chance, stage)),
    kind: 'slow',
    node: anyNode(chance, stage),
    factor: chance.one([2, 10, 100]),
    for: seconds(stage.lengthNs * chance.real(0.05, 0.5)),
  },
];

/**
 * Frames are lost, duplicated or delayed, everywhere or at one node. Heavy loss ends: otherwise no node could ever be
 * sure of another.
 */
const noise: Recipe = (chance, stage) =>
  chance.some(['loss', 'duplicate', 'reorder'], chance.whole(1, 3)).map((kind): DrawnFault => {
    const probability = chance.one([0.01, 0.05, 0.2]);
    const ends = chance.often(0.5) || (kind === 'loss' && probability > 0.05);
    return {
      at: chance.often(0.5) ? 0 : seconds(moment(chance, stage)),
      kind,
      probability,
      ...(chance.often(0.3) ? { node: anyNode(chance, stage) } : {}),
      ...(ends ? { for: seconds(stage.lengthNs * chance.real(0.1, 1)) } : {}),
    };
  });

function pair(chance: Chance, { nodes }: Stage): [number, number] {
  const first = chance.whole(0, nodes - 1);
  const apart = chance.often(0.7) ? 1 : chance.whole(1, nodes - 1);
  return [first, (first + apart) % nodes];
}

const cuts: Recipe = (chance, stage) =>
  Array.from({ length: chance.often(0.8) ? 1 : 2 }, () => ({
    at: seconds(moment(chance, stage)),
    kind: 'cut',
    between: pair(chance, stage),
    ...(chance.often(0.3) ? { oneWay: true } : {}),
    ...(chance.often(0.6) ? { for: seconds(absence(chance, stage)) } : {}),
  }));

/** Two groups; mostly contiguous arcs, as a ring parts. */
const partition: Recipe = (chance, stage) => {
  const { nodes } = stage;
  const start = chance.whole(0, nodes - 1);
  const order = Array.from({ length: nodes }, (_, index) => (start + index) % nodes);
  const shuffled = chance.often(0.8) ? order : [...order].sort(() => (chance.often(0.5) ? 1 : -1));
  const size = chance.whole(1, nodes - 1);
  return [
    {
      at: seconds(moment(chance, stage)),
      kind: 'partition',
      groups: [shuffled.slice(0, size), shuffled.slice(size)],
      ...(chance.often(0.75) ? { for: seconds(absence(chance, stage)) } : {}),
    },
  ];
};

const worseLinks: Recipe = (chance, stage) => [
  {
    at: seconds(moment(chance, stage)),
    kind: 'degrade',
    between: pair(chance, stage),
    bandwidth: chance.one([0.5, 0.1, 0.01]),
    latency: chance.one([1, 2, 5]),
    for: seconds(stage.lengthNs * chance.real(0.05, 0.5)),
  },
];

/** Faults whose nodes or times the run itself draws. */
const drawnByTheRun: Recipe = (chance, stage) => {
  const whom = chance.one([
    { random: 1 },
    { random: 2 },
    { neighbours: 2 },
    { nodes: chance.some([...Array(stage.nodes).keys()], 2) },
  ]);
  const when = chance.often(0.5)
    ? { at: seconds(moment(chance, stage)) }
    : {
        every: seconds(Math.max(1000, stage.lengthNs * chance.real(0.3, 1))),
        ...(chance.often(0.5) ? { shape: chance.one([0.7, 2]) } : {}),
        until: seconds(stage.lengthNs * chance.real(0.5, 1) + 2000),
      };
  return [{ ...when, kind: 'crash', ...whom, for: seconds(absence(chance, stage)) }];
};

const RECIPES: readonly (readonly [weight: number, recipe: Recipe])[] = [
  [0.28, oneCrash],
  [0.17, crashesTogether],
  [0.08, crashesAgain],
  [0.12, pauses],
  [0.04, slowness],
  [0.07, noise],
  [0.07, cuts],
  [0.09, partition],
  [0.04, worseLinks],
  [0.04, drawnByTheRun],
];

/** Recipes that need two nodes at least. */
const OF_SEVERAL: readonly Recipe[] = [
  crashesTogether,
  noise,
  cuts,
  partition,
  worseLinks,
  drawnByTheRun,
];

function anyRecipe(chance: Chance, { nodes }: Stage): Recipe {
  let left = chance.real(0, 1);
  for (const [weight, recipe] of RECIPES)
    if ((left -= weight) < 0) return nodes === 1 && OF_SEVERAL.includes(recipe) ? oneCrash : recipe;
  return oneCrash;
}

/** None to about six faults, in the order drawn. */
export function drawFaults(
  seed: number,
  stage: Stage,
  { drawTargetedFaults }: FuzzProfile,
): DrawnFault[] {
  const targeted = drawTargetedFaults(seed, stage);
  if (targeted !== null) return targeted;
  const chance = new Chance(seed, 'faults');
  if (chance.often(0.04)) return [];
  const faults = anyRecipe(chance, stage)(chance, stage);
  if (stage.nodes > 1 && chance.often(0.15)) faults.push(...noise(chance, stage));
  while (faults.length < 6 && chance.often(0.2))
    faults.push(...anyRecipe(chance, stage)(chance, stage));
  return faults.slice(0, 6);
}
