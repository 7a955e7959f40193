/** What stands beside the faults: detectors and checkpoints that make no sense. */
import type { BadCase } from './bad-case.ts';

export const BAD_RECOVERY: readonly BadCase[] = [
  {
    name: 'a heartbeat without end',
    change: (s) => (s.detector = { heartbeat: 0 }),
    sentence:
      "FILE: detector.heartbeat is 0; a time such as '25 us', or a number of seconds, greater than 0 would be right",
  },
  {
    name: 'a single miss',
    change: (s) => (s.detector = { misses: 1 }),
    sentence: 'FILE: detector.misses is 1; a whole number from 2 to 1000 would be right',
  },
  {
    name: 'an unknown field of the detector',
    change: (s) => (s.detector = { miss: 3 }),
    sentence: "FILE: detector.miss is no field that is known there; 'misses' would be right",
  },
  {
    name: 'checkpoints at no iteration',
    change: (s) => (s.checkpoint = { every: 0, to: { bandwidth: 1, latency: 0 } }),
    sentence: 'FILE: checkpoint.every is 0; a whole number from 1 would be right',
  },
  {
    name: 'checkpoints after a time',
    change: (s) => (s.checkpoint = { every: '5 s', to: { bandwidth: 1, latency: 0 } }),
    sentence: "FILE: checkpoint.every is '5 s'; a whole number from 1 would be right",
  },
  {
    name: 'checkpoints to nowhere',
    change: (s) => (s.checkpoint = { every: 5 }),
    sentence:
      "FILE: checkpoint.to is missing; storage such as { bandwidth: '1 GB/s', latency: '5 ms' } would be right",
  },
  {
    name: 'checkpoints to a folder',
    change: (s) => (s.checkpoint = { every: 5, to: '/mnt' }),
    sentence:
      "FILE: checkpoint.to is '/mnt'; storage such as { bandwidth: '1 GB/s', latency: '5 ms' } would be right",
  },
  {
    name: 'a silence that is over before an answer can be there',
    change: (s) => (s.detector = { heartbeat: '1 us' }),
    sentence:
      "FILE: detector.heartbeat is '1 us', but under ring-tmp an answer takes up to 50.09 us, longer than 2 of those; '25.05 us' or more would be right",
  },
  {
    name: 'more replicas than successors',
    change: (s) => (s.protocol = { kind: 'ring-tmp', replicas: 3 }),
    sentence:
      'FILE: protocol[0].replicas is 3, but each of 3 nodes has 2 others to keep them; 2 or fewer would be right',
  },
  {
    name: 'a repair by logs, which is gone',
    change: (s) => (s.protocol = { kind: 'ring-tmp', replicas: 1, repair: 'log' }),
    sentence:
      'FILE: protocol.repair is gone: a repair always goes back to the last version that every part can be served at, for going on by logs was a tie in time and pays only where a node is lost every few minutes and an iteration takes minutes (see docs/failures.md); no such field would be right',
  },
  {
    name: 'any other repair, beside another unknown field',
    change: (s) => (s.protocol = [{ kind: 'ring-tmp', zzz: 1, repair: 'abort' }]),
    sentence:
      'FILE: protocol[0].repair is gone: a repair always goes back to the last version that every part can be served at, for going on by logs was a tie in time and pays only where a node is lost every few minutes and an iteration takes minutes (see docs/failures.md); no such field would be right',
  },
  {
    name: 'a window by its old name',
    change: (s) => (s.protocol = { kind: 'ring-tmp', win: 'memory' }),
    sentence:
      "FILE: protocol.win is gone: it is called window now; window: 'memory' or the like would be right",
  },
  {
    name: 'a window of nothing',
    change: (s) => (s.protocol = { kind: 'ring-tmp', window: 0 }),
    sentence: 'FILE: protocol.window is 0; a number of at least 1 would be right',
  },
  {
    name: 'storage without bandwidth',
    change: (s) => (s.checkpoint = { every: 5, to: { latency: '1 ms' } }),
    sentence:
      "FILE: checkpoint.to.bandwidth is missing; a bandwidth such as '10 Gbit/s', or a number of bytes per second, greater than 0 would be right",
  },
];
