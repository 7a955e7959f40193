/** What is under way between two nodes is bounded: who reads slowly holds up who writes, and nobody for ever. */
import { once } from 'node:events';
import { MessageChannel } from 'node:worker_threads';
import t from 'tap';
import { type Envelope, type Mail, sizeOf, WINDOW_BYTES } from '../../../sim/worlds/mail.ts';
import { RealRun } from '../../../sim/worlds/real/real-run.ts';
import { ShapedMail } from '../../../sim/worlds/shaped-mail.ts';
import { PortMail } from '../../../sim/worlds/threads/port-mail.ts';
import { CREWS, type CrewOf } from './crews.ts';
import { newFlags, signals } from './flags.ts';
import { LETTER_BYTES, LETTERS, type PressureWork } from './pressure-nodes.ts';

const ENTRY = new URL('./pressure-worker.ts', import.meta.url).href;

/** How the run ended, how many letters were written in all, and what nodes said. */
async function play(crewOf: CrewOf, kind: PressureWork['kind'], nodes: number) {
  const work: PressureWork = { kind, flags: newFlags(), nodes };
  const host = { speedFlopsPerSecond: 1, memoryBytes: Infinity, taskOverheadNs: 0 };
  const said: string[] = [];
  const noted = (_node: number, _timeNs: number, _name: string, value: unknown): void =>
    void said.push((value as { text: string }).text);
  const run = new RealRun({
    ...{ crew: await crewOf(ENTRY), seed: 1, work, observers: [{ noted }] },
    hosts: new Array<typeof host>(nodes).fill(host),
  });
  const { outcome, failure } = await run.run();
  return { outcome, failure, said, written: signals(work.flags) };
}

for (const [name, crewOf] of Object.entries(CREWS)) {
  t.test(`${name}: a slow reader holds up the writer after a window of messages`, async (t) => {
    const { outcome, said, written } = await play(crewOf, 'slow-reader', 2);
    t.match({ outcome, written }, { outcome: 'finished', written: LETTERS });
    const before = Number(said[0]);
    // What came together with its first letter it has drained.
    t.ok(
      before <= 2 * (WINDOW_BYTES / LETTER_BYTES + 1),
      `${before} of ${LETTERS} letters were written`,
    );
  });

  t.test(`${name}: nodes that all write to each other all come to their end`, async (t) => {
    for (const nodes of [2, 3]) {
      const { outcome, failure, written } = await play(crewOf, 'all-write', nodes);
      t.match({ outcome, failure }, { outcome: 'finished', failure: null });
      t.equal(written, nodes * LETTERS);
    }
  });
}

function letter(bytes: number): Envelope {
  return { from: 0, sentNs: 0, leftNs: 0, bytes, message: { kind: 'letter' } };
}

/** Mail of node 0, the other end of its port to node 1, and how often there was something to look at. */
function mailTo1() {
  const ends: MessageChannel['port1'][] = [];
  const mail = new PortMail([0, 0], (_peer, _incarnation, port) => ends.push(port));
  const looks = { count: 0 };
  mail.listen(() => looks.count++);
  mail.send(1, letter(WINDOW_BYTES - 100));
  const [there] = ends;
  t.teardown(() => there.close());
  return { mail, there, looks };
}

t.test('mail is full with more than a window under way, until some of it is drained', async (t) => {
  const { mail, there, looks } = mailTo1();
  t.equal(mail.isFull, false);
  mail.send(1, letter(100));
  t.equal(mail.isFull, true);
  there.postMessage(sizeOf(letter(100)));
  while (looks.count === 0) await new Promise(setImmediate);
  t.equal(mail.isFull, false);
});

t.test('a peer that is suspected holds up nobody until it drains', async (t) => {
  const { mail, there, looks } = mailTo1();
  mail.send(1, letter(1000));
  t.equal(mail.isFull, true);
  mail.excuse(1);
  mail.send(1, letter(1000));
  t.equal(mail.isFull, false);
  there.postMessage(1);
  while (looks.count === 0) await new Promise(setImmediate);
  t.equal(mail.isFull, true, 'it is back, and as slow as ever');
  mail.renew(1, 1);
  t.equal(mail.isFull, false, 'to its next incarnation nothing is under way');
});

t.test('a peer that is gone holds up nobody', async (t) => {
  const { mail, there, looks } = mailTo1();
  mail.send(1, letter(1000));
  there.close();
  await once(there, 'close');
  while (looks.count === 0) await new Promise(setImmediate);
  t.equal(mail.isFull, false);
  mail.send(1, letter(WINDOW_BYTES));
  t.equal(mail.isFull, false);
});

t.test('no more than a window waits for a link that is played', async (t) => {
  const none: Mail = {
    ...{ isFull: false, send: () => {}, drain: () => {}, renew: () => {} },
    ...{ listen: () => {}, excuse: () => {} },
  };
  const clock = { nowNs: 0 };
  const shape = { bytesPerSecond: 1e9, delayNs: 0 };
  const mail = new ShapedMail(none, shape, () => clock.nowNs);
  const room = new Promise<void>((resolve) => mail.listen(resolve));
  mail.send(1, letter(WINDOW_BYTES));
  t.equal(mail.isFull, true);
  clock.nowNs = sizeOf(letter(0));
  t.equal(mail.isFull, false);
  await room;
  t.pass('the node is told that there is room');
});
