/** Bad fields of everything but the cluster. */
import { PROTOCOLS } from '../../../models/protocols/registry.ts';
import { oneOf } from '../../../sim/scenario/show.ts';
import type { BadCase } from './bad-case.ts';

const KINDS = oneOf(PROTOCOLS.map(({ kind }) => kind));

/** Fields that are unknown, missing or senseless by themselves. */
export const BAD_WORK: readonly BadCase[] = [
  {
    name: 'an unknown field at the top',
    change: (s) => (s.trainning = {}),
    sentence: "FILE: trainning is no field that is known there; 'training' would be right",
  },
  {
    name: 'an unknown field one level down',
    change: (s) => (s.training.batchSize = 3),
    sentence: "FILE: training.batchSize is no field that is known there; 'batch' would be right",
  },
  {
    name: 'an unknown field two levels down',
    change: (s) => (s.cluster.network.latancy = 1),
    sentence:
      "FILE: cluster.network.latancy is no field that is known there; 'latency' would be right",
  },
  {
    name: 'an unknown field in a list',
    change: (s) => (s.protocol = [{ kind: 'ring-tmp', recompte: true }]),
    sentence:
      "FILE: protocol[0].recompte is no field that is known there; 'recompute' would be right",
  },
  {
    name: 'an unknown field like no other',
    change: (s) => (s.data.zzz = 1),
    sentence:
      'FILE: data.zzz is no field that is known there; one of kind, train, test would be right',
  },
  {
    name: 'an end after the end of time',
    change: (s) => (s.stop = { time: 1e300 }),
    sentence:
      "FILE: stop.time is 1e+300; a time such as '25 us', or a number of seconds, up to 104 days would be right",
  },
  {
    name: 'a heartbeat longer than time',
    change: (s) => (s.detector = { heartbeat: '1000 days' }),
    sentence:
      "FILE: detector.heartbeat is '1000 days'; a time such as '25 us', or a number of seconds, up to 104 days would be right",
  },
  {
    name: 'a bandwidth next to nothing',
    change: (s) => (s.cluster.network.bandwidth = 1e-300),
    sentence:
      "FILE: cluster.network.bandwidth is 1e-300; a bandwidth such as '10 Gbit/s', or a number of bytes per second, from 1e-9 to 1e+24 would be right",
  },
  {
    name: 'more samples than anybody counts',
    change: (s) => (s.data.train = 1e15),
    sentence:
      'FILE: data.train is 1000000000000000; a whole number from 1 to 1000000000 would be right',
  },
  {
    name: 'more layers than anybody stacks',
    change: (s) => {
      const layer = {
        name: 'a',
        forwardFlops: 1,
        backwardFlops: 1,
        parameters: 1,
        outputElements: 1,
      };
      s.model = { kind: 'costs', inputElements: 1, layers: [layer, { ...layer, repeat: 100_000 }] };
      s.training.numerics = 'cost';
      delete s.data;
    },
    sentence:
      'FILE: model.layers has 100001 layers, repeated ones and parts included; at most 100000 would be right',
  },
  {
    name: 'a label that a terminal would obey',
    change: (s) => (s.protocol = { kind: 'ring-tmp', label: 'red\u001b[31m' }),
    sentence:
      "FILE: protocol.label is 'red\\u001b[31m'; a text without control characters would be right",
  },
  {
    name: 'the name of a field that a terminal would obey',
    change: (s) => (s['\u001b]0;title\u0007\n'] = 1),
    sentence:
      'FILE: \\u001b]0;title\\u0007\\u000a is no field that is known there; one of name, seed, cluster, model, data, training, protocol, faults, detector, checkpoint, stop, expect would be right',
  },
  {
    name: 'a missing field',
    change: (s) => delete s.training.batch,
    sentence: 'FILE: training.batch is missing; a whole number from 1 would be right',
  },
  {
    name: 'a missing part',
    change: (s) => delete s.cluster,
    sentence: 'FILE: cluster is missing; an object would be right',
  },
  {
    name: 'no name',
    change: (s) => delete s.name,
    sentence:
      "FILE: name is missing; a name of letters, digits, '-', '_' and '.', beginning with a letter or digit, would be right",
  },
  {
    name: 'a name that leaves its folder',
    change: (s) => (s.name = '../x'),
    sentence:
      "FILE: name is '../x'; a name of letters, digits, '-', '_' and '.', beginning with a letter or digit, would be right",
  },
  {
    name: 'an unknown protocol',
    change: (s) => (s.protocol.kind = 'ring-tpm'),
    sentence: `FILE: protocol.kind is 'ring-tpm'; ${KINDS} would be right (did you mean 'ring-tmp'?)`,
  },
  {
    name: 'a word that two others are equally near to',
    change: (s) => (s.protocol = { kind: 'ps', consistency: 'ssp' }),
    sentence:
      "FILE: protocol.consistency is 'ssp'; 'bsp', 'asp' or an object such as { ssp: 3 } would be right",
  },
  {
    name: 'a word in place of a number or another word',
    change: (s) => (s.protocol = { kind: 'ring-tmp', variant: 'torus', rings: 'many' }),
    sentence: "FILE: protocol.rings is 'many'; a whole number from 1, or 'auto' would be right",
  },
  {
    name: 'a word near to one of them',
    change: (s) => (s.protocol = { kind: 'ring-tmp', variant: 'torus', rings: 'auot' }),
    sentence:
      "FILE: protocol.rings is 'auot'; a whole number from 1, or 'auto' would be right (did you mean 'auto'?)",
  },
  {
    name: 'an empty list',
    change: (s) => (s.protocol = { kind: 'ps', servers: { sizes: [] } }),
    sentence:
      'FILE: protocol.servers.sizes is an empty list; a list with a length of at least 1 would be right',
  },
  {
    name: 'a protocol like no other',
    change: (s) => (s.protocol.kind = 'gossip'),
    sentence: `FILE: protocol.kind is 'gossip'; ${KINDS} would be right`,
  },
  {
    name: 'a protocol that is a word',
    change: (s) => (s.protocol = 'ring-tmp'),
    sentence:
      "FILE: protocol is 'ring-tmp'; an object such as { kind: 'ring-tmp' }, or a list of them, would be right",
  },
  {
    name: 'no protocols',
    change: (s) => (s.protocol = []),
    sentence:
      "FILE: protocol is an empty list; an object such as { kind: 'ring-tmp' }, or a list of them, would be right",
  },
  {
    name: 'a bad option of a protocol',
    change: (s) => (s.protocol.recompute = 'yes'),
    sentence: "FILE: protocol.recompute is 'yes'; 'none', 'all' or 'except-last' would be right",
  },
  {
    name: 'layers too short',
    change: (s) => (s.model.layers = [6]),
    sentence:
      'FILE: model.layers is a list of 1; a list of at least two widths, inputs first and outputs last, would be right',
  },
  {
    name: 'a layer without neurons',
    change: (s) => (s.model.layers = [6, 0, 4]),
    sentence: 'FILE: model.layers[1] is 0; a whole number from 1 would be right',
  },
  {
    name: 'an unknown kind of model',
    change: (s) => (s.model.kind = 'cnn'),
    sentence: "FILE: model.kind is 'cnn'; 'mlp' or 'costs' would be right",
  },
  {
    name: 'an unknown activation',
    change: (s) => (s.model.activation = 'gelu'),
    sentence: "FILE: model.activation is 'gelu'; 'relu' would be right (did you mean 'relu'?)",
  },
  {
    name: 'a batch that is not divisible',
    change: (s) => (s.training.microBatches = 3),
    sentence:
      'FILE: training.batch is 8, which 3 micro-batches (training.microBatches) do not divide; a multiple of 3 would be right',
  },
  {
    name: 'no iterations',
    change: (s) => (s.training.iterations = 0),
    sentence: 'FILE: training.iterations is 0; a whole number from 1 would be right',
  },
  {
    name: 'a learning rate of zero',
    change: (s) => (s.training.learningRate = 0),
    sentence: 'FILE: training.learningRate is 0; a number greater than 0 would be right',
  },
  {
    name: 'an unknown optimizer',
    change: (s) => (s.training.optimizer = 'adm'),
    sentence:
      "FILE: training.optimizer is 'adm'; 'sgd', 'momentum' or 'adam' would be right (did you mean 'adam'?)",
  },
  {
    name: 'an optimizer out of bounds',
    change: (s) => (s.training.optimizer = { kind: 'momentum', momentum: 1 }),
    sentence:
      'FILE: training.optimizer.momentum is 1; a number from 0 up to, but not including, 1 would be right',
  },
  {
    name: 'quarter precision',
    change: (s) => (s.training.precision = 8),
    sentence: 'FILE: training.precision is 8; 16, 32 or 64 would be right',
  },
  {
    name: 'a seed below zero',
    change: (s) => (s.seed = -1),
    sentence: 'FILE: seed is -1; a whole number from 0 to 9007199254740991 would be right',
  },
  {
    name: 'a stop at no time',
    change: (s) => (s.stop = { time: '0 s' }),
    sentence:
      "FILE: stop.time is '0 s'; a time such as '25 us', or a number of seconds, greater than 0 would be right",
  },
  {
    name: 'an accuracy above 1',
    change: (s) => (s.stop = { accuracy: 95 }),
    sentence: 'FILE: stop.accuracy is 95; a number from 0 to 1 would be right',
  },
];
