/** The fault log: what each blow cost, and to which of several blows a cost is owed. */
import t from 'tap';
import { MS, Play, without } from './fault-play.ts';

t.test('a crash: noticed, repaired and paid for, from first to last (PROTOCOLS F)', async (t) => {
  const play = new Play();
  for (let k = 0; k < 8; k++) play.iteration(10 * (k + 1), k);
  play.strike(85, 'crash', [3]);
  t.equal(play.wellness()[3], 'dead');
  play.lose(86, 2, 3);
  play.lose(87, 4, 3);
  play.suspect(88, 4, 3);
  play.suspect(89, 2, 3);
  play.note(88, 4, 'repair', { epoch: 1, gone: [3] });
  t.equal(play.wellness()[4], 'recovering');
  play.note(90, 0, 'redone', 6);
  play.note(90, 4, 'redone', 4);
  play.recover(91, without(3));
  t.strictSame(play.wellness(), ['well', 'well', 'well', 'dead', ...Array(4).fill('well')]);
  for (let k = 7; k < 20; k++) play.iteration(100 + 20 * (k - 7), k);
  t.strictSame(play.records, [
    {
      number: 0,
      rule: 0,
      kind: 'crash',
      nodes: [3],
      struckNs: 85 * MS,
      endNs: null,
      detectedNs: 88 * MS,
      recoveredNs: 100 * MS,
      redoneSamples: 10,
      messagesLost: 2,
      lostParameters: 0,
      throughputBefore: 1000,
      throughputAfter: 500,
      iterationsSince: 12,
    },
  ]);
  t.strictSame(play.texts(), [
    '85 node 3 crashes',
    '88 node 4 suspects node 3',
    '89 node 2 suspects node 3',
    '88 node 4 begins a repair without node 3',
    '91 training goes on from version 3, on 7 nodes',
  ]);
});

t.test('a pause that nobody notices needs no repair, and is measured around its end', async (t) => {
  const play = new Play();
  for (let k = 0; k < 4; k++) play.iteration(10 * (k + 1), k);
  const pause = play.strike(41, 'pause', [1], 60);
  t.equal(play.wellness()[1], 'well');
  play.end(pause);
  for (let k = 4; k < 12; k++) play.iteration(70 + 10 * (k - 4), k);
  t.match(play.records[0], {
    endNs: 60 * MS,
    detectedNs: null,
    recoveredNs: null,
    throughputBefore: 1000,
    throughputAfter: 1000,
    iterationsSince: 8,
  });
  t.strictSame(play.texts(), ['41 node 1 stands still', '60 node 1 goes on']);
});

t.test('a node that returns is well once it has joined; a second crash is its own', async (t) => {
  const play = new Play();
  play.iteration(10, 0);
  const first = play.strike(11, 'crash', [2], 50);
  play.suspect(20, 1, 2);
  play.recover(21, without(2));
  play.end(first);
  t.equal(play.wellness()[2], 'returned');
  play.suspect(51, 1, 2);
  t.equal(play.wellness()[2], 'returned');
  play.note(52, 1, 'repair', { epoch: 2, gone: [] });
  t.ok(play.texts().includes('52 node 1 begins a change of view'));
  play.recover(60, without(), [2]);
  t.equal(play.wellness()[2], 'well');
  play.strike(70, 'crash', [2]);
  play.suspect(75, 3, 2);
  play.recover(80, without(2));
  play.iteration(90, 1);
  t.match(play.records, [
    { detectedNs: 20 * MS, recoveredNs: 90 * MS },
    { detectedNs: 75 * MS, recoveredNs: 90 * MS },
  ]);
  t.ok(play.texts().includes('50 node 2 is back, its memory gone'));
  t.ok(play.texts().includes('60 training goes on from version 3, on 8 nodes, node 2 back'));
});

t.test(
  'two crashes at once: a repair settles only the crash whose node it left behind',
  async (t) => {
    const play = new Play();
    play.strike(10, 'crash', [2]);
    play.suspect(12, 3, 2);
    play.strike(13, 'crash', [6]);
    play.recover(14, without(2));
    play.iteration(15, 0);
    play.suspect(16, 7, 6);
    play.note(17, 0, 'redone', 5);
    play.recover(18, without(2, 6));
    play.iteration(19, 0);
    t.match(play.records, [
      { detectedNs: 12 * MS, recoveredNs: 15 * MS, redoneSamples: 0 },
      { detectedNs: 16 * MS, recoveredNs: 19 * MS, redoneSamples: 5 },
    ]);
  },
);

t.test('a crash of several is repaired when the last of them is left behind', async (t) => {
  const play = new Play();
  play.strike(10, 'crash', [2, 5]);
  play.suspect(12, 3, 2);
  play.recover(13, without(2));
  play.iteration(14, 0);
  t.equal(play.records[0].recoveredNs, null);
  play.recover(15, without(2, 5));
  play.iteration(16, 1);
  play.iteration(17, 2);
  t.equal(play.records[0].recoveredNs, 16 * MS);
});

t.test('a suspicion is owed to what silences, before what only troubles', async (t) => {
  const play = new Play();
  play.strike(10, 'crash', [3]);
  play.strike(11, 'loss', without());
  play.suspect(12, 4, 3);
  play.suspect(13, 5, 6);
  const [crash, loss] = play.records;
  t.equal(crash.detectedNs, 12 * MS);
  t.equal(loss.detectedNs, 13 * MS, 'nothing silenced those two');
});

t.test('a node that was cut off itself suspects others because of that', async (t) => {
  const play = new Play();
  play.strike(10, 'partition', [0, 1]);
  play.suspect(12, 1, 7);
  t.equal(play.records[0].detectedNs, 12 * MS);
});

t.test('a lost message is owed to the newest open blow that loses, at either end', async (t) => {
  const play = new Play();
  play.strike(0, 'loss', without());
  play.strike(5, 'slow', [1]);
  play.strike(6, 'crash', [3]);
  const cut = play.strike(7, 'cut', [4, 5], 20);
  play.lose(8, 1, 2);
  play.lose(8, 2, 3);
  play.lose(8, 4, 5);
  play.end(cut);
  play.lose(21, 4, 5);
  t.strictSame(
    play.records.map(({ messagesLost }) => messagesLost),
    [2, 0, 1, 1],
  );
});

t.test('what is lost is counted once, owed to the blow under repair, and says why', async (t) => {
  const play = new Play();
  play.strike(10, 'crash', [2, 3]);
  play.suspect(12, 4, 3);
  play.note(13, 4, 'lost', {
    parameters: [
      [10, 20],
      [30, 40],
    ],
    why: 'both holders are gone',
  });
  play.note(14, 4, 'lost', { parameters: [[15, 35]], why: 'both holders are gone' });
  play.note(15, 0, 'halted', { reason: 'a minority' });
  play.note(15, 0, 'checkpoint', 20);
  play.recover(16, without(2, 3), [], { from: 'checkpoint' });
  play.recover(17, without(2, 3), [], { from: 'replicas' });
  const record = play.log.record();
  t.strictSame(record.lost, { parameters: [[10, 40]], count: 30, why: ['both holders are gone'] });
  t.match(record.accounts[0], { lostParameters: 30 });
  t.match(record, { halts: 1, checkpoints: 1, lastCheckpoint: 20 });
  t.match(record, { recoveries: 2, restarts: 1 });
  t.strictSame(play.texts().slice(2), [
    '13 20 parameters are lost: both holders are gone',
    '14 20 parameters are lost: both holders are gone',
    '15 node 0 halts: a minority',
    '16 training goes on from version 3, the checkpoint, on 6 nodes',
    '17 training goes on from version 3, on 6 nodes',
  ]);
});

t.test('throughput after a blow ends at the next one, and a rollback voids it', async (t) => {
  const play = new Play();
  play.strike(5, 'slow', [1]);
  for (let k = 0; k < 3; k++) play.iteration(10 * (k + 1), k);
  play.strike(35, 'slow', [2]);
  for (let k = 3; k < 6; k++) play.iteration(100 * (k + 1), k);
  play.iteration(900, 4);
  play.iteration(1000, 5);
  t.match(play.records, [
    { throughputAfter: 1000, iterationsSince: 6 },
    { throughputBefore: 1000, throughputAfter: 100, iterationsSince: 3 },
  ]);
});

t.test('the log says of nobody struck, of many, and of one after another', async (t) => {
  const play = new Play();
  play.strike(1, 'pause', []);
  play.strike(2, 'loss', without());
  play.strike(3, 'crash', [6, 1, 2]);
  t.strictSame(play.texts(), [
    '1 a pause finds nobody to strike',
    '2 nodes 0-7 lose messages',
    '3 nodes 1, 2 and 6 crash',
  ]);
});

t.test('back before anybody missed it: repaired when a new epoch has taken it back', async (t) => {
  const play = new Play();
  play.end(play.strike(10, 'crash', [2], 11));
  play.suspect(12, 1, 2);
  play.recover(13, without(), [2]);
  play.iteration(14, 0);
  t.match(play.records[0], { detectedNs: 12 * MS, recoveredNs: 14 * MS });
});

t.test('costs are owed to the newest blow noticed, and after its repair to the last', async (t) => {
  const play = new Play();
  play.strike(10, 'crash', [2]);
  play.strike(11, 'crash', [5]);
  play.suspect(12, 3, 2);
  play.suspect(13, 4, 5);
  play.note(14, 0, 'redone', 8);
  play.recover(15, without(2, 5));
  play.note(16, 0, 'redone', 1);
  t.strictSame(
    play.records.map(({ redoneSamples }) => redoneSamples),
    [0, 9],
  );
});

t.test('a host that is back is still why messages of its former life are lost', async (t) => {
  const play = new Play();
  play.strike(0, 'loss', without());
  play.end(play.strike(6, 'crash', [3], 20));
  play.lose(21, 2, 3);
  t.equal(play.records[1].messagesLost, 1);
});

t.test('one who dies while a repair ends is no member in good health', async (t) => {
  const play = new Play();
  play.strike(10, 'crash', [3]);
  play.strike(11, 'crash', [5]);
  play.recover(12, without(3));
  t.equal(play.wellness()[5], 'dead');
});

t.test('throughput: five iterations before, five after, none of the time between', async (t) => {
  const play = new Play();
  for (let k = 0; k < 4; k++) play.iteration(100 * (k + 1), k);
  for (let k = 4; k < 9; k++) play.iteration(400 + 10 * (k - 3), k);
  play.strike(451, 'crash', [3]);
  play.iteration(452, 9);
  play.suspect(453, 4, 3);
  play.recover(460, without(3));
  play.strike(465, 'slow', [1]);
  for (let k = 10; k < 20; k++) play.iteration(480 + 20 * (k - 10), k);
  const [crash, slow] = play.records;
  t.equal(crash.throughputBefore, 1000, 'not of the slow ones at the beginning');
  t.equal(crash.throughputAfter, 500, 'not of the one that ended before the repair');
  t.equal(slow.throughputBefore, null, 'nothing has ended since the repair');

  const paused = new Play();
  paused.end(paused.strike(5, 'pause', [1], 100));
  for (const [k, ms] of [10, 20, 110, 120, 130].entries()) paused.iteration(ms, k);
  t.equal(paused.records[0].throughputAfter, 1000, 'from its end');
});

t.test('an iteration told late, of an epoch that is over, is no recovery', async (t) => {
  const play = new Play();
  const tell = (ms: number, iteration: number, epoch: number): void =>
    play.note(ms, 0, 'iteration', { iteration, samples: 10 * iteration, loss: 1, epoch });
  tell(5, 0, 0);
  play.strike(10, 'crash', [3]);
  play.suspect(11, 4, 3);
  play.recover(12, without(3), [], { epoch: 7 });
  tell(13, 1, 0);
  t.equal(play.records[0].recoveredNs, null);
  tell(14, 1, 7);
  t.match(play.records[0], { recoveredNs: 14 * MS, iterationsSince: 1 });
});
