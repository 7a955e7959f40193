/** Faults that are wrong by themselves, or do not fit the cluster. */
import type { BadCase } from './bad-case.ts';

const KINDS =
  "'crash', 'pause', 'slow', 'cut', 'partition', 'loss', 'duplicate', 'reorder' or 'degrade'";
const ROWS = "a list of rows such as { time: '5 s', node: 3, event: 'crash' },";

/** The tiny scenario, of 3 nodes in a ring, with that one fault. */
function fault(name: string, written: unknown, sentence: string): BadCase {
  return {
    name,
    change: (s) => (s.faults = [written]),
    sentence: `FILE: faults[0]${sentence} would be right`,
  };
}

const crash = { kind: 'crash', at: '1 ms', node: 1 };
const cut = { kind: 'cut', at: 0, between: [0, 1] };
const loss = { kind: 'loss', at: 0, probability: 0.1 };

export const BAD_FAULTS: readonly BadCase[] = [
  {
    name: 'faults that are no list',
    change: (s) => (s.faults = crash),
    sentence: 'FILE: faults is an object; a list of faults would be right',
  },
  fault('a fault that is a word', 'crash', " is 'crash'; an object"),
  fault('no kind', { at: 1 }, `.kind is missing; ${KINDS}`),
  {
    name: 'an unknown kind',
    change: (s) => (s.faults = [{ ...crash, kind: 'crahs' }]),
    sentence: `FILE: faults[0].kind is 'crahs'; ${KINDS} would be right (did you mean 'crash'?)`,
  },
  fault(
    'a trace that is a crash too',
    { ...crash, trace: 'spot.csv' },
    ' is an object; trace or kind, but not both,',
  ),
  fault(
    'a field of another kind',
    { ...crash, probability: 1 },
    '.probability is no field that is known there; one of kind, disk, at, every, shape, from, until, node, nodes, role, rack, random, neighbours, for',
  ),
  fault(
    'a mistyped field',
    { ...crash, evry: 1 },
    ".evry is no field that is known there; 'every'",
  ),
  fault('no time', { kind: 'crash', node: 1 }, ' has no time; at or every'),
  fault('two times', { ...crash, every: 1 }, ' has both at and every; one of them'),
  fault(
    'a time of no unit',
    { ...crash, at: '5' },
    ".at is '5', which has no unit; a time such as '25 us', or a number of seconds, not below 0",
  ),
  fault(
    'a time below 0',
    { ...crash, at: -1 },
    ".at is -1; a time such as '25 us', or a number of seconds, not below 0",
  ),
  fault(
    'strikes without a pause between them',
    { kind: 'crash', every: 0, node: 1 },
    ".every is 0; a time such as '25 us', or a number of seconds, greater than 0",
  ),
  fault(
    'a shape of no distribution',
    { kind: 'crash', every: 1, shape: 0, node: 1 },
    '.shape is 0; a number greater than 0',
  ),
  fault(
    'a shape of a single strike',
    { ...crash, shape: 2 },
    '.shape is 2, but says nothing of a fault that strikes once; every instead of at',
  ),
  fault(
    'an end of a single strike',
    { ...crash, until: '2 s' },
    '.until is 2, but says nothing of a fault that strikes once; every instead of at',
  ),
  fault(
    'an end before the beginning',
    { kind: 'crash', every: 1, from: '3 s', until: '3 s', node: 1 },
    '.until is 3, but from is 3; a time after that',
  ),
  fault(
    'a crash for no time',
    { ...crash, for: '0 s' },
    ".for is '0 s'; a time such as '25 us', or a number of seconds, greater than 0",
  ),
  fault(
    'a pause for ever',
    { kind: 'pause', at: 1, node: 1 },
    ".for is missing; a time such as '25 us', or a number of seconds, greater than 0",
  ),
  fault(
    'nobody to strike',
    { kind: 'crash', at: 1 },
    ' strikes nobody; node, nodes, role, rack, random or neighbours',
  ),
  fault('a node that is not there', { ...crash, node: 3 }, '.node is 3; a node from 0 to 2'),
  fault('a node below 0', { ...crash, node: -1 }, '.node is -1; a whole number from 0'),
  fault('half a node', { ...crash, node: 0.5 }, '.node is 0.5; a whole number from 0'),
  fault('a node and a role', { ...crash, role: 'worker' }, ' has both node and role; one of them'),
  fault('a node at random', { ...crash, random: 1 }, ' has both node and random; one of them'),
  fault(
    'random neighbours',
    { kind: 'crash', at: 1, random: 1, neighbours: 1 },
    ' has both random and neighbours; one of them',
  ),
  fault(
    'no nodes',
    { kind: 'crash', at: 1, nodes: [] },
    '.nodes is an empty list; a list of at least one node',
  ),
  fault(
    'a node too many',
    { kind: 'crash', at: 1, nodes: [0, 7] },
    '.nodes[1] is 7; a node from 0 to 2',
  ),
  fault(
    'a node twice',
    { kind: 'crash', at: 1, nodes: [0, 2, 0] },
    '.nodes[2] is 0, which is faults[0].nodes[0] too; each node once',
  ),
  fault(
    'more random nodes than there are',
    { kind: 'slow', at: 1, factor: 2, random: 4 },
    '.random is 4, but there are 3 nodes to strike; a number from 1 to 3',
  ),
  fault(
    'more neighbours than there are',
    { kind: 'slow', at: 1, factor: 2, neighbours: 3, nodes: [0, 1] },
    '.neighbours is 3, but there are 2 nodes to strike; a number from 1 to 2',
  ),
  fault(
    'a role that is not there',
    { kind: 'crash', at: 1, role: 'server' },
    ".role is 'server', which no node of ring-tmp plays; 'stage'",
  ),
  fault(
    'a rack in a ring',
    { kind: 'crash', at: 1, rack: 0 },
    ".rack is 0, but a network of kind 'ring' has no racks; one of kind 'racks' or 'clusters'",
  ),
  {
    name: 'a rack that is not there',
    change: (s) => {
      const network = { kind: 'racks', nodesPerRack: 2, oversubscription: 1 };
      s.cluster.network = { ...s.cluster.network, ...network };
      s.faults = [{ kind: 'crash', at: 1, rack: 2 }];
    },
    sentence: 'FILE: faults[0].rack is 2; a rack from 0 to 1 would be right',
  },
  fault(
    'a slow-down by nothing',
    { kind: 'slow', at: 1, node: 1, factor: 0 },
    '.factor is 0; a number of at least 1',
  ),
  fault('a cut of nothing', { kind: 'cut', at: 1 }, ' cuts nothing; between or node'),
  fault(
    'a cut of one end',
    { ...cut, between: [1] },
    '.between is a list of 1; a list of two nodes',
  ),
  fault(
    'a cut of a node from itself',
    { ...cut, between: [1, 1] },
    '.between[1] is 1, which is faults[0].between[0] too; each node once',
  ),
  fault('a cut to nowhere', { ...cut, between: [1, 5] }, '.between[1] is 5; a node from 0 to 2'),
  fault('a cut of two kinds', { ...cut, node: 1 }, ' has both between and node; one of them'),
  fault(
    'one way of no two nodes',
    { ...loss, oneWay: true },
    '.oneWay is true, but there is no between; two nodes, from the first to the second,',
  ),
  fault(
    'a probability in percent',
    { ...loss, probability: 5 },
    '.probability is 5; a number from 0 to 1',
  ),
  fault(
    'no probability',
    { kind: 'reorder', at: 0 },
    '.probability is missing; a number from 0 to 1',
  ),
  fault(
    'a loss at a node that is not there',
    { ...loss, node: 3 },
    '.node is 3; a node from 0 to 2',
  ),
  fault(
    'links as good as before',
    { kind: 'degrade', at: 0, node: 1 },
    ' degrades nothing; bandwidth or latency',
  ),
  fault(
    'links of no bandwidth',
    { kind: 'degrade', at: 0, bandwidth: 0 },
    '.bandwidth is 0; a number greater than 0 and at most 1',
  ),
  fault(
    'no groups',
    { kind: 'partition', at: 0, groups: [] },
    '.groups is an empty list; a list of groups, each a list of nodes,',
  ),
  fault(
    'one group of all',
    { kind: 'partition', at: 0, groups: [[2, 0, 1]] },
    '.groups parts no two nodes: all 3 are in one group; at least two groups',
  ),
  fault(
    'a node in two groups',
    {
      kind: 'partition',
      at: 0,
      groups: [
        [0, 1],
        [2, 1],
      ],
    },
    '.groups[1][1] is 1, which is in faults[0].groups[0] too; each node in one group',
  ),
  fault(
    'a group of strangers',
    { kind: 'partition', at: 0, groups: [[0], [3]] },
    '.groups[1][0] is 3; a node from 0 to 2',
  ),
  {
    name: 'a wire in a cluster of one',
    change: (s) => {
      s.cluster.nodes = 1;
      s.faults = [loss];
    },
    sentence:
      "FILE: faults[0].kind is 'loss', but one node sends nothing over a wire; at least 2 nodes would be right",
  },
  fault('a trace of no path', { trace: 5 }, `.trace is 5; the path of a CSV file, or ${ROWS}`),
  fault(
    'a trace without rows',
    { trace: [] },
    `.trace is an empty list; the path of a CSV file, or ${ROWS}`,
  ),
  fault(
    'a trace with another time',
    { trace: [{ time: 1, node: 1, event: 'crash' }], at: 1 },
    ".at is no field that is known there; 'trace'",
  ),
  fault(
    'an unknown event',
    { trace: [{ time: 1, node: 1, event: 'reclaim' }] },
    ".trace[0].event is 'reclaim'; 'crash' or 'return'",
  ),
  fault(
    'a slow-down that speeds up',
    { kind: 'slow', at: 0, node: 1, factor: 0.5 },
    '.factor is 0.5; a number of at least 1',
  ),
  fault(
    'a degradation to more bandwidth',
    { kind: 'degrade', at: 0, bandwidth: 2 },
    '.bandwidth is 2; a number greater than 0 and at most 1',
  ),
  fault(
    'a degradation to less latency',
    { kind: 'degrade', at: 0, latency: 0.5 },
    '.latency is 0.5; a number of at least 1',
  ),
  fault(
    'a row of a stranger',
    { trace: [{ time: 1, node: 9, event: 'crash' }] },
    '.trace[0]: node is 9; a node from 0 to 2',
  ),
  fault(
    'two crashes in a row, written in another order',
    {
      trace: [
        { time: 2, node: 1, event: 'crash' },
        { time: 1, node: 1, event: 'crash' },
      ],
    },
    '.trace[0]: node 1 crashes, but has been down since 1 s; a return before it',
  ),
  fault(
    'a return of one who is there',
    { trace: [{ time: 2, node: 1, event: 'return' }] },
    '.trace[0]: node 1 returns, but is not down; a crash before it',
  ),
  fault(
    'a crash of no length',
    {
      trace: [
        { time: 2, node: 1, event: 'crash' },
        { time: 2, node: 1, event: 'return' },
      ],
    },
    '.trace[1]: node 1 returns at the moment of its crash; a later time',
  ),
];
