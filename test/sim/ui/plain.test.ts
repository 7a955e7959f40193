/** Progress without a terminal: whole lines, and when they are written. */
import t from 'tap';
import { plainLine, showPlain } from '../../../sim/ui/plain.ts';
import { end, eventsOf, faulty, middle, serverAndWorkers, start } from './sample-view.ts';

t.test('a line says where the run stands', async (t) => {
  t.equal(
    plainLine(start()),
    'ring-64 ring-tmp: 0/60 iterations, modelled 0 s, wall 0 s, 0 events/s, loading data',
  );
  t.equal(
    plainLine(middle()),
    'ring-64 ring-tmp: 30/60 iterations, loss 0.3215, accuracy 91.2 %, modelled 4.21 s, ' +
      'wall 12 s, 100 k events/s, 12 s left',
  );
  t.equal(
    plainLine(end()),
    'ring-64 ring-tmp: 60/60 iterations, loss 0.0402, accuracy 96.2 %, modelled 4.21 s, ' +
      'wall 12 s, 100 k events/s, done',
  );
  t.equal(
    plainLine(serverAndWorkers({ status: 'failed', world: 'threads', losses: [], accuracy: null })),
    'ring-vs-ps ps-bsp: 30/60 iterations, measured 4.21 s, wall 12 s, 100 k events/s, failed',
  );
});

t.test('done writes the last line once', async (t) => {
  const lines: string[] = [];
  let view = middle();
  const progress = showPlain({ view: () => view }, { write: (text) => lines.push(text) });
  t.strictSame(lines, []);
  view = end();
  await progress.done();
  await progress.done();
  t.strictSame(lines, [`${plainLine(view)}\n`]);
});

t.test('a line comes every two seconds while the run lasts', async (t) => {
  const lines: string[] = [];
  const intervals: number[] = [];
  const original = globalThis.setInterval;
  let tick = () => {};
  let look = () => {};
  t.teardown(() => (globalThis.setInterval = original));
  globalThis.setInterval = ((callback: () => void, milliseconds: number) => {
    intervals.push(milliseconds);
    if (milliseconds === 2000) tick = callback;
    else look = callback;
    return { unref: () => undefined };
  }) as unknown as typeof setInterval;
  showPlain({ view: () => middle() }, { write: (text) => lines.push(text) });
  tick();
  look();
  tick();
  t.strictSame(intervals, [2000, 250]);
  t.equal(lines.length, 2, 'without faults there is nothing to tell in between');
});

t.test(
  'events are told once, before the line that follows them, and those missed are counted',
  async (t) => {
    const lines: string[] = [];
    let view = faulty();
    const progress = showPlain({ view: () => view }, { write: (text) => lines.push(text) });
    await progress.done();
    t.strictSame(lines.slice(0, 2), [
      'at 4.20100 s: node 40 is back, its memory gone\n',
      'at 4.20200 s: node 3 crashes\n',
    ]);
    t.equal(lines.length, 6);
    t.equal(lines[5], `${plainLine(view)}\n`);

    lines.length = 0;
    const eventLog = eventsOf(['node 1 crashes'], 1);
    view = faulty({ protocols: ['ring-tmp', 'ps-bsp'], current: 1, eventLog, eventCount: 9 });
    await showPlain({ view: () => view }, { write: (text) => lines.push(text) }).done();
    t.strictSame(lines.slice(0, 2), [
      '... 8 events more\n',
      'ps-bsp at 4.20100 s: node 1 crashes\n',
    ]);
  },
);
