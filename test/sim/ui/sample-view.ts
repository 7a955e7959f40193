/** Views of a run that is easy to follow: node k is busy, waiting or idle by its number. */
import { NODE_STATES, type NodeState } from '../../../engine/node-states.ts';
import { HEALTHS, type Health } from '../../../models/observers/health.ts';
import type { EventLine, RunView } from '../../../sim/progress.ts';

const PATTERN: readonly NodeState[] = ['busy', 'busy', 'comm', 'idle'];

/** Shares of nodes that did one thing each. */
export function recentOf(nodes: number, pattern: readonly NodeState[] = PATTERN): Uint8Array {
  const recent = new Uint8Array(NODE_STATES.length * nodes);
  for (let node = 0; node < nodes; node++) {
    const state = NODE_STATES.indexOf(pattern[node % pattern.length]);
    recent[NODE_STATES.length * node + state] = 255;
  }
  return recent;
}

/** A loss that falls by half every ten iterations. */
export function lossesOf(count: number): number[] {
  return Array.from({ length: count }, (_none, iteration) => 2.4 * 0.5 ** (iteration / 10));
}

/** Half way through `ring-64` on the ring. */
export function middle(given: Partial<RunView> = {}): RunView {
  const nodes = given.nodes ?? 64;
  return {
    scenario: 'ring-64',
    seed: 7,
    world: 'simulated',
    protocols: ['ring-tmp'],
    current: 0,
    status: 'running',
    nodes,
    recent: recentOf(nodes),
    roles: Array.from({ length: nodes }, () => 'stage'),
    iteration: 30,
    iterations: 60,
    losses: lossesOf(30),
    accuracy: 0.912,
    runSeconds: 4.211,
    wallSeconds: 12.3,
    etaSeconds: 12.4,
    events: 1_234_567,
    eventsPerSecond: 100_371,
    messages: 345_678,
    shares: [{ role: 'stage', busy: 0.5, redo: 0, comm: 0.2, idle: 0.3, down: 0 }],
    peakMemoryBytes: 3.3 * 1024 * 1024,
    ...given,
  };
}

/** Before the first event: nothing has been computed, learnt or sent. */
export function start(given: Partial<RunView> = {}): RunView {
  return middle({
    recent: recentOf(64, ['idle']),
    phaseMessage: 'loading data',
    iteration: 0,
    losses: [],
    accuracy: null,
    runSeconds: 0,
    wallSeconds: 0.4,
    etaSeconds: null,
    events: 0,
    eventsPerSecond: 0,
    messages: 0,
    shares: [],
    peakMemoryBytes: 0,
    ...given,
  });
}

/** All iterations done. */
export function end(given: Partial<RunView> = {}): RunView {
  return middle({
    status: 'done',
    recent: recentOf(64, ['idle']),
    iteration: 60,
    losses: lossesOf(60),
    accuracy: 0.9615,
    etaSeconds: 0,
    ...given,
  });
}

/** A health a node, by name; all others are well. */
export function healthOf(nodes: number, ill: Partial<Record<number, Health>>): Uint8Array {
  return Uint8Array.from({ length: nodes }, (_none, node) => HEALTHS.indexOf(ill[node] ?? 'well'));
}

/** One line a millisecond, from the oldest. */
export function eventsOf(texts: readonly string[], protocol = 0): EventLine[] {
  return texts.map((text, index) => ({ protocol, timeNs: 4.2e9 + (index + 1) * 1e6, text }));
}

/** Node 3 is dead, and the ring begins to do without it; node 40 is just back. */
export function faulty(given: Partial<RunView> = {}): RunView {
  const nodes = given.nodes ?? 64;
  const eventLog = eventsOf([
    'node 40 is back, its memory gone',
    'node 3 crashes',
    'node 2 suspects node 3',
    'node 4 suspects node 3',
    'node 4 begins a repair without node 3',
  ]);
  const recent = recentOf(nodes);
  recent.fill(0, 5 * 3, 5 * 4);
  recent[5 * 3 + NODE_STATES.indexOf('down')] = 255;
  return middle({
    recent,
    faults: { crashes: 2, others: 0, repairs: 1, redoneSamples: 128, lostParameters: 0 },
    health: healthOf(nodes, { 3: 'dead', 4: 'recovering', 17: 'suspected', 40: 'returned' }),
    eventLog,
    eventCount: eventLog.length,
    ...given,
  });
}

/** The second of two protocols, on one server and its workers, with the busiest links. */
export function serverAndWorkers(given: Partial<RunView> = {}): RunView {
  return middle({
    scenario: 'ring-vs-ps',
    protocols: ['ring-tmp', 'ps-bsp'],
    current: 1,
    nodes: 16,
    roles: ['server', ...Array.from({ length: 15 }, () => 'worker')],
    shares: [
      { role: 'server', busy: 0.104, redo: 0, comm: 0.792, idle: 0.104, down: 0 },
      { role: 'worker', busy: 0.333, redo: 0.001, comm: 0.333, idle: 0.333, down: 0 },
    ],
    links: {
      count: 32,
      levels: [0.882, 0.914, ...Array.from({ length: 30 }, (_none, link) => (link % 5) / 80)],
      busiest: [
        { id: 'node 0 ingress', utilisation: 0.914 },
        { id: 'node 0 egress', utilisation: 0.882 },
        { id: 'node 7 ingress', utilisation: 0.061 },
      ],
    },
    ...given,
  });
}
