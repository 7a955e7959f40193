/**
 * What an arrival or a finish costs the fair-sharing solver with 4,096 nodes behind a switch, in microseconds of
 * CPU time. Every finished flow is followed by a new one, so that the number of flows stands. Beside it the cost
 * of solving everything from scratch at each event, by the same water-filling, measured on the same flows. "Looks"
 * are the links that a solve looked at: exactness makes it follow every rate that really changes.
 */
import { Fluid } from '../engine/network/fair/fluid.ts';
import { randomStream } from '../engine/random.ts';

const NODES = 4096;
/** 10 Gbit/s in bytes a nanosecond. */
const CAPACITY = 1.25;
const BYTES = 1e5;
/** Long enough to stay from beginning to end. */
const ENDLESS = 1e15;

interface Pattern {
  readonly name: string;
  /** Links of the flow in that place; called again for every flow that takes the place. */
  readonly route: (place: number) => number[];
  readonly flows: number;
  /** Flows that stay for good. */
  readonly background?: number[][];
  readonly events: number;
}

const chance = randomStream(1, 'fair-sharing bench');

function star(source: number, target: number): number[] {
  return [2 * source, 2 * target + 1];
}

function toAnyOther(source: number): number[] {
  return star(source, (source + 1 + chance.below(NODES - 1)) % NODES);
}

function toServer(place: number): number[] {
  return star(1 + (place % (NODES - 1)), 0);
}

const everyNode = Array.from({ length: NODES - 1 }, (_, index) => index + 1);

const PATTERNS: readonly Pattern[] = [
  { name: 'incast', route: toServer, flows: NODES - 1, events: 200_000 },
  { name: 'ring', route: (place) => [2 * place], flows: NODES, events: 200_000 },
  {
    name: 'random pairs, 1 flow a node',
    route: (place) => toAnyOther(place),
    flows: NODES,
    events: 50_000,
  },
  {
    name: 'random pairs, 4 flows a node',
    route: (place) => toAnyOther(place % NODES),
    flows: 4 * NODES,
    events: 20_000,
  },
  {
    name: 'random pairs, 16 flows a node',
    route: (place) => toAnyOther(place % NODES),
    flows: 16 * NODES,
    events: 4_000,
  },
  {
    name: 'incast + as many random pairs',
    route: (place) => (place < NODES ? toServer(place) : toAnyOther(place - NODES)),
    flows: 2 * NODES,
    events: 10_000,
  },
  {
    name: 'incast + ring of long flows',
    route: toServer,
    flows: NODES - 1,
    background: everyNode.map((node) => star(node, (node % (NODES - 1)) + 1)),
    events: 30_000,
  },
  {
    name: 'incast + long random pairs, 1 a node',
    route: toServer,
    flows: NODES - 1,
    background: everyNode.map(toAnyOther),
    events: 30_000,
  },
  {
    name: 'incast + long pairs on a tenth',
    route: toServer,
    flows: NODES - 1,
    background: everyNode.filter((node) => node % 10 === 0).map(toAnyOther),
    events: 60_000,
  },
];

function microseconds(since: NodeJS.CpuUsage): number {
  const { user, system } = process.cpuUsage(since);
  return user + system;
}

function start(fluid: Fluid, flow: number, route: number[], bytes: number): void {
  fluid.start(flow, route, route.length, bytes);
}

/** Microseconds an event, links looked at an event, and microseconds an arrival while the flows pile up. */
function measure({ route, flows, background = [], events }: Pattern) {
  const fluid = new Fluid(new Float64Array(2 * NODES).fill(CAPACITY));
  const finished: number[] = [];
  background.forEach((links, index) => start(fluid, flows + index, links, ENDLESS));
  fluid.solve();
  const ramp = process.cpuUsage();
  for (let place = 0; place < flows; place++) {
    start(fluid, place, route(place), BYTES * (0.5 + chance.uniform()));
    fluid.solve();
  }
  const rampMicroseconds = microseconds(ramp) / flows;
  const looks = fluid.looks;
  const began = process.cpuUsage();
  let done = 0;
  while (done < events) {
    finished.length = 0;
    fluid.advance(fluid.nextFinishNs, finished);
    for (const place of finished) {
      start(fluid, place, route(place), BYTES * (0.5 + chance.uniform()));
      fluid.solve();
    }
    done += 2 * finished.length;
  }
  return {
    eventMicroseconds: microseconds(began) / done,
    looks: (fluid.looks - looks) / done,
    rampMicroseconds,
  };
}

/** Microseconds to solve everything once. */
function fromScratch({ route, flows, background = [] }: Pattern): number {
  const times = flows > 2 * NODES ? 2 : 10;
  let spent = 0;
  for (let time = 0; time < times; time++) {
    const fluid = new Fluid(new Float64Array(2 * NODES).fill(CAPACITY));
    for (let place = 0; place < flows; place++) start(fluid, place, route(place), BYTES);
    background.forEach((links, index) => start(fluid, flows + index, links, ENDLESS));
    const began = process.cpuUsage();
    fluid.solve();
    spent += microseconds(began);
  }
  return spent / times;
}

export async function bench(print: (line: string) => void): Promise<void> {
  print(`Fair sharing, ${NODES} nodes: microseconds an event`);
  print(`${'pattern'.padEnd(40)} event   looks  while ramping up  from scratch`);
  for (const pattern of PATTERNS) measure({ ...pattern, events: 500 });
  for (const pattern of PATTERNS) {
    const { eventMicroseconds, looks, rampMicroseconds } = measure(pattern);
    const scratch = fromScratch(pattern);
    print(
      pattern.name.padEnd(38) +
        eventMicroseconds.toFixed(2).padStart(8) +
        looks.toFixed(1).padStart(8) +
        rampMicroseconds.toFixed(2).padStart(18) +
        scratch.toFixed(0).padStart(14),
    );
  }
}
