/**
 * What every world must do for a node, one case a claim. The same nodes run in the simulated world and on threads;
 * they say what they saw by notes, which every world carries to its observers.
 */
import type { Test } from 'tap';
import type { FaultRule } from '../../../engine/faults/fault-rule.ts';
import type { RunResult } from '../../../engine/result.ts';
import { randomStream } from '../../../engine/random.ts';
import type { NodeFactory } from '../../../engine/world.ts';
import type { Wait } from './waiting-clock.ts';
import {
  Diarist,
  Forgetful,
  ORDER_COUNT,
  Orderly,
  Busy,
  Greedy,
  Hasty,
  Alarmed,
  Overslept,
  Narcissus,
  Hoarder,
  Clumsy,
  Waiting,
  Gambler,
  Unreasonable,
} from './case-nodes.ts';

export interface Heard {
  /** What each node logged, in its own order. */
  logs: string[][];
  result: RunResult;
}

export interface Case {
  /** The claim. */
  name: string;
  nodes: number;
  memoryBytes?: number;
  /** What goes wrong, and what a real clock waits for. */
  faults?: { readonly rules: readonly FaultRule[]; readonly waits: readonly Wait[] };
  place: NodeFactory;
  judge(t: Test, heard: Heard): void;
}

/** What a node of a case gets; `flags` tell one node that another got somewhere. */
export interface CaseWork {
  name: string;
  flags: string;
}

/** The seed of every case. */
export const CASE_SEED = 5;

function gamble(node: number): string[] {
  const dice = randomStream(CASE_SEED, `node/${node}/dice`);
  return [[dice.next(), dice.next(), dice.below(6)].join(' ')];
}

const REFUSALS = [
  "random: the stream 'jitter' is the world's own, another name would be right",
  "send: 'greeting' is for node 7, a node from 0 to 1 would be right",
  "send: 'greeting' is for node 0.5, a node from 0 to 1 would be right",
  "send: 'greeting' has -1 bytes, a whole number from 0 would be right",
  "compute: 'sum' has NaN FLOPs, 0 or more is right",
  "wake: 'bell' is due after -1 ns, 0 or more would be right",
  'watch: node 1 is this node itself, a peer would be right',
  'unwatch: the peer is node 2, a node from 0 to 1 would be right',
  'hangUp: the peer is node -1, a node from 0 to 1 would be right',
  "save: there is no storage for 'state'",
  "load: there is no storage for 'state'",
  "persist: 'record' has 0.5 bytes, a whole number from 0 would be right",
  'persist: the record.f is a function; plain data (numbers, strings, typed arrays, arrays and objects of those) would be right',
];

/** Back after 20 ms. */
function crashOf(node: number, atMs: number, disk: 'kept' | 'lost'): FaultRule {
  const target = { among: [node], choose: 'all', count: 1 } as const;
  const effect = { kind: 'crash', target, disk, forNs: 20e6 } as const;
  return { rule: 0, timing: { atNs: atMs * 1e6 }, effect };
}

function failsIn(node: number, words: RegExp) {
  return (t: Test, { result }: Heard): void => {
    t.equal(result.outcome, 'failed');
    t.equal(result.failure?.kind, 'error');
    t.match(result.failure, { node });
    t.match(result.failure?.message, words);
  };
}

export const CASES: readonly Case[] = [
  {
    name: 'messages between two nodes arrive whole and in the order of sending',
    nodes: 3,
    place: (world) => new Orderly(world),
    judge: (t, { logs, result }) => {
      const expected = Array.from({ length: ORDER_COUNT }, (_, at) => `${at} from 0 right`);
      t.same(logs, [[], expected, expected]);
      t.equal(result.messages, 2 * ORDER_COUNT);
      t.equal(result.nodes.messagesSent[0], 2 * ORDER_COUNT);
      t.equal(result.nodes.messagesReceived[2], ORDER_COUNT);
    },
  },
  {
    name: 'no handler runs during a job; what arrived is handed over before computed',
    nodes: 2,
    place: (world) => new Busy(world),
    judge: (t, { logs, result }) => {
      const late = [0, 1, 2, 3, 4].map((number) => `late ${number}`);
      t.same(logs[1], ['hello', 'asked', 'ran', ...late, 'computed work']);
      t.equal(result.nodes.jobs[1], 1);
      t.equal(result.nodes.flops[1], 1e9);
    },
  },
  {
    name: 'asking for a second job before the first is over is an error',
    nodes: 1,
    place: (world) => new Greedy(world),
    judge: failsIn(0, /grabbing.*|second/),
  },
  {
    name: 'asking for a job between the end of one and its computed is an error',
    nodes: 2,
    place: (world) => new Hasty(world),
    judge: failsIn(1, /too early/),
  },
  {
    name: 'alarms come in the order of their times; they can be moved and cancelled',
    nodes: 1,
    place: (world) => new Alarmed(world),
    judge: (t, { logs }) => t.same(logs[0], ['started', 'at once', 'early', 'late', 'moved']),
  },
  {
    name: 'an alarm that falls due while a job runs comes when the engine is free, between no two jobs',
    nodes: 1,
    place: (world) => new Overslept(world),
    judge: (t, { logs }) =>
      t.same(logs[0], ['ran job 1', 'computed job 1', 'ran job 2', 'computed job 2', 'during']),
  },
  {
    name: 'a node can send to itself, and receives only after the handler has returned',
    nodes: 1,
    place: (world) => new Narcissus(world),
    judge: (t, { logs }) => t.same(logs[0], ['sent', 'to myself from 0 1 2']),
  },
  {
    name: 'holding more than the host has ends the run with the node and its ledger',
    nodes: 2,
    memoryBytes: 1000,
    place: (world) => new Hoarder(world),
    judge: (t, { result }) => {
      t.equal(result.outcome, 'failed');
      t.match(result.failure, {
        kind: 'out-of-memory',
        node: 1,
        limitBytes: 1000,
        ledger: { gold: 900, silver: 300 },
      });
      t.equal(result.nodes.peakMemoryBytes[1], 800);
    },
  },
  {
    name: 'an error in a handler ends the run with the node and its phase',
    nodes: 2,
    place: (world) => new Clumsy(world),
    judge: failsIn(1, /slipping.*banana skin/),
  },
  {
    name: 'when nothing is under way and nodes wait, the run ends with where each stands',
    nodes: 3,
    place: (world) => new Waiting(world),
    judge: (t, { result }) => {
      t.equal(result.outcome, 'failed');
      t.match(result.failure, {
        kind: 'deadlock',
        nodes: [0, 1].map((node) => ({
          node,
          phase: 'waiting for the other',
          waitsFor: `a message that never comes to node ${node}`,
          inbox: [],
        })),
      });
    },
  },
  {
    name: 'a node draws the same luck in every world',
    nodes: 2,
    place: (world) => new Gambler(world),
    judge: (t, { logs }) => {
      t.same(logs, [gamble(0), gamble(1)]);
    },
  },
  {
    name: 'of records given while one is written the newest alone follows; persisted comes once a write',
    nodes: 1,
    place: (world) => new Forgetful(world),
    judge: (t, { logs }) =>
      t.same(logs[0], ['given, and null was there', 'persisted 1', 'persisted 2']),
  },
  {
    name: 'an incarnation finds a copy of what its host had on disk; it is lost only with the disk',
    nodes: 1,
    faults: {
      rules: [crashOf(0, 100, 'kept'), crashOf(0, 200, 'kept'), crashOf(0, 300, 'lost')],
      waits: [
        [99, 2],
        [199, 4],
        [299, 6],
      ],
    },
    place: (world) => new Diarist(world),
    judge: (t, { logs }) =>
      t.same(logs[0], [
        ...['nothing', 'persisted'],
        ...['Float64Array 0,0.5', 'left as it is'],
        ...['Float64Array 0,0.5', 'persisted'],
        'nothing',
      ]),
  },
  {
    name: 'what cannot be is refused in the same sentences by every world',
    nodes: 2,
    place: (world) => (world.self === 1 ? new Unreasonable(world) : new Gambler(world)),
    judge: (t, { logs }) => {
      t.same(logs[1], REFUSALS);
    },
  },
];
