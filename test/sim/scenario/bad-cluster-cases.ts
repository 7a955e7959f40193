/** Bad quantities and bad clusters. */
import type { BadCase } from './bad-case.ts';

/** Quantities, hosts and networks that make no sense. */
export const BAD_CLUSTERS: readonly BadCase[] = [
  {
    name: 'a length for a time',
    change: (s) => (s.cluster.network.latency = '10 m'),
    sentence:
      "FILE: cluster.network.latency is '10 m', which is no time; a time such as '25 us', or a number of seconds, not below 0 would be right",
  },
  {
    name: 'a quantity in quotes without a unit',
    change: (s) => (s.cluster.network.latency = '10'),
    sentence:
      "FILE: cluster.network.latency is '10', which has no unit; a time such as '25 us', or a number of seconds, not below 0 would be right",
  },
  {
    name: 'an unknown unit',
    change: (s) => (s.cluster.host.speed = '10 zops'),
    sentence:
      "FILE: cluster.host.speed is '10 zops', which has the unknown unit 'zops'; a speed such as '100 GFLOP/s', or a number of operations per second, greater than 0 would be right",
  },
  {
    name: 'an amount of data for a bandwidth',
    change: (s) => (s.cluster.network.bandwidth = '10 Gbit'),
    sentence:
      "FILE: cluster.network.bandwidth is '10 Gbit', which is no bandwidth; a bandwidth such as '10 Gbit/s', or a number of bytes per second, greater than 0 would be right",
  },
  {
    name: 'a quantity that is no number',
    change: (s) => (s.cluster.host.memory = 'a lot'),
    sentence:
      "FILE: cluster.host.memory is 'a lot', which does not begin with a number; an amount of memory such as '64 MiB', or a number of bytes, greater than 0 would be right",
  },
  {
    name: 'a negative size',
    change: (s) => (s.cluster.host.memory = '-64 MiB'),
    sentence:
      "FILE: cluster.host.memory is '-64 MiB'; an amount of memory such as '64 MiB', or a number of bytes, greater than 0 would be right",
  },
  {
    name: 'a bandwidth of zero',
    change: (s) => (s.cluster.network.bandwidth = 0),
    sentence:
      "FILE: cluster.network.bandwidth is 0; a bandwidth such as '10 Gbit/s', or a number of bytes per second, greater than 0 would be right",
  },
  {
    name: 'a boolean for a quantity',
    change: (s) => (s.cluster.host.speed = true),
    sentence:
      "FILE: cluster.host.speed is true; a speed such as '100 GFLOP/s', or a number of operations per second, greater than 0 would be right",
  },
  {
    name: 'a negative latency',
    change: (s) => (s.cluster.network.latency = -1),
    sentence:
      "FILE: cluster.network.latency is -1; a time such as '25 us', or a number of seconds, not below 0 would be right",
  },
  {
    name: 'an unknown kind of network',
    change: (s) => (s.cluster.network.kind = 'rings'),
    sentence:
      "FILE: cluster.network.kind is 'rings'; 'ring', 'star', 'torus', 'racks', 'fat-tree', 'clusters' or 'links' would be right (did you mean 'ring'?)",
  },
  {
    name: 'an unknown sharing rule',
    change: (s) => (s.cluster.network.sharing = 'fari'),
    sentence:
      "FILE: cluster.network.sharing is 'fari'; 'fair' or 'fifo' would be right (did you mean 'fair'?)",
  },
  {
    name: 'no nodes',
    change: (s) => (s.cluster.nodes = 0),
    sentence: 'FILE: cluster.nodes is 0; a whole number from 1 to 1000000 would be right',
  },
  {
    name: 'half a node',
    change: (s) => (s.cluster.nodes = 2.5),
    sentence: 'FILE: cluster.nodes is 2.5; a whole number from 1 to 1000000 would be right',
  },
  {
    name: 'nodes in words',
    change: (s) => (s.cluster.nodes = 'three'),
    sentence: "FILE: cluster.nodes is 'three'; a whole number from 1 to 1000000 would be right",
  },
  {
    name: 'no host',
    change: (s) => delete s.cluster.host,
    sentence:
      "FILE: cluster.host is missing; an object such as { speed: '100 GFLOP/s' } would be right",
  },
  {
    name: 'host and hosts',
    change: (s) => (s.cluster.hosts = [{ count: 3, speed: 1 }]),
    sentence:
      'FILE: cluster has both host and hosts; host for equal nodes or hosts for several kinds would be right',
  },
  {
    name: 'hosts that do not count to the nodes',
    change: (s) => {
      delete s.cluster.host;
      s.cluster.hosts = [
        { count: 1, speed: 1 },
        { count: 1, speed: 2 },
      ];
    },
    sentence:
      'FILE: cluster.hosts counts 2 nodes, but cluster.nodes is 3; counts that sum to 3 would be right',
  },
  {
    name: 'an unknown distribution',
    change: (s) => (s.cluster.jitter = { compute: { kind: 'weibull' } }),
    sentence:
      "FILE: cluster.jitter.compute.kind is 'weibull'; 'constant', 'uniform', 'normal', 'log-normal', 'exponential' or 'pareto' would be right",
  },
  {
    name: 'a uniform distribution upside down',
    change: (s) => (s.cluster.jitter = { latency: { kind: 'uniform', low: 2, high: 1 } }),
    sentence:
      'FILE: cluster.jitter.latency.low is 2, above high, which is 1; a number from 0 to 1 would be right',
  },
];
