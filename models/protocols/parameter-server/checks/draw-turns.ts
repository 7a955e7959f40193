/**
 * Draws blows to servers that keep each other's state, one after the other: who is back knows less than those who are
 * gone by then, who leads dies before its heirs have taken over, and partitions part servers and split the rest evenly.
 */
import { type Chance, seconds } from '../../../claims/chance.ts';
import type { DrawnFault, Stage } from '../../../claims/fuzz-profile.ts';

type Recipe = (chance: Chance, stage: Stage) => DrawnFault[];

const others = ({ nodes }: Stage, but: readonly number[]): number[] =>
  [...Array(nodes).keys()].filter((node) => !but.includes(node));

/** A moment that leaves time for what follows. */
function beginning(chance: Chance, { lengthNs }: Stage): number {
  return chance.often(0.2) ? chance.whole(0, 1000) : lengthNs * chance.real(0, 0.7);
}

/** Keeps a server away: it stands still, or nobody hears it. */
function exile(chance: Chance, stage: Stage, server: number, at: number, lasting: number) {
  const times = { at: seconds(at), for: seconds(lasting) };
  return chance.often(0.5)
    ? { ...times, kind: 'pause', node: server }
    : { ...times, kind: 'partition', groups: [[server], others(stage, [server])] };
}

/** What faults one of those who went on: it forgets all and returns, is gone for good, or keeps what it knows to itself. */
function crash(
  chance: Chance,
  { servers, silenceNs }: Stage,
  node: number,
  at: number,
): DrawnFault {
  const kind = servers.includes(node) ? chance.one(['crash', 'crash', 'pause', 'gone']) : 'crash';
  if (kind === 'gone') return { at: seconds(at), kind: 'crash', node };
  const longest = kind === 'pause' ? 8 : 1.5;
  return { at: seconds(at), kind, node, for: seconds(silenceNs * chance.real(0.1, longest)) };
}

/** A server is away; those who went on without it are struck before it is back, and most of them return with nothing. */
const forgetful: Recipe = (chance, stage) => {
  const { servers, silenceNs } = stage;
  const server = chance.one(servers);
  const at = beginning(chance, stage);
  const away = silenceNs * chance.real(2.5, 8);
  const rest = others(stage, [server]);
  const struck = chance.often(0.7) ? rest : chance.some(rest, chance.whole(1, rest.length));
  const end = at + away * chance.real(0.7, 1.05);
  const blows = struck
    .slice(-5)
    .map((node) => crash(chance, stage, node, end - silenceNs * chance.real(0, 1)));
  return [exile(chance, stage, server, at, away), ...blows];
};

/** Whoever leads dies, and whoever follows it about when it takes over; some come back. */
const heirs: Recipe = (chance, stage) => {
  const { servers, silenceNs } = stage;
  let at = beginning(chance, stage);
  const order = chance.often(0.7) ? servers : [...servers].reverse();
  const turns = chance.often(0.4) ? [...order, ...order] : order;
  return turns.slice(0, 6).map((node, backOff) => {
    const returns = backOff === 0 ? chance.often(0.6) : chance.often(0.8);
    const lasting = { for: seconds(silenceNs * chance.real(0.1, 3)) };
    const crash = { at: seconds(at), kind: 'crash', node, ...(returns ? lasting : {}) };
    at += silenceNs * chance.real(0.5, 2.5);
    return crash;
  });
};

/** Two sides of the same size, or nearly so, with servers on both. */
const halves: Recipe = (chance, stage) => {
  const { servers, nodes, silenceNs } = stage;
  const kept = servers.slice(0, chance.whole(1, Math.max(1, servers.length - 1)));
  const workers = others(stage, servers);
  const missing = Math.max(0, Math.floor(nodes / 2) - kept.length);
  const side = [...kept, ...chance.some(workers, missing)];
  const at = beginning(chance, stage);
  const parted: DrawnFault = {
    at: seconds(at),
    kind: 'partition',
    groups: [side, others(stage, side)],
    ...(chance.often(0.7) ? { for: seconds(silenceNs * chance.real(1, 8)) } : {}),
  };
  if (chance.often(0.5)) return [parted];
  const later = seconds(at + silenceNs * chance.real(0.5, 4));
  return [parted, { at: later, kind: 'crash', node: chance.whole(0, nodes - 1) }];
};

/** Wires between servers are cut, some one way, while the workers hear all; and now and then one of them dies. */
const rifts: Recipe = (chance, stage) => {
  const { servers, silenceNs } = stage;
  let at = beginning(chance, stage);
  const cuts = Array.from({ length: chance.whole(1, 3) }, (): DrawnFault => {
    const begin = seconds(at);
    at += silenceNs * chance.real(0.3, 3);
    return {
      at: begin,
      kind: 'cut',
      between: chance.often(0.5) ? chance.some(servers, 2) : chance.some(servers, 2).reverse(),
      ...(chance.often(0.5) ? { oneWay: true } : {}),
      for: seconds(silenceNs * chance.real(0.5, 6)),
    };
  });
  if (chance.often(0.4)) return cuts;
  const lasting = chance.often(0.5) ? { for: seconds(silenceNs * chance.real(0.1, 3)) } : {};
  return [...cuts, { at: seconds(at), kind: 'crash', node: chance.one(servers), ...lasting }];
};

/** Blows for a cluster with servers that have standbys. */
export function drawTurns(chance: Chance, stage: Stage): DrawnFault[] {
  return chance.one([forgetful, forgetful, heirs, rifts, halves])(chance, stage);
}
