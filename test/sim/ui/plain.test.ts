/** Progress without a terminal: whole lines, and when they are written. */
import t from 'tap';
import { plainLine, showPlain } from '../../../sim/ui/plain.ts';
import { end, middle, serverAndWorkers, start } from './sample-view.ts';

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
  t.teardown(() => (globalThis.setInterval = original));
  globalThis.setInterval = ((callback: () => void, milliseconds: number) => {
    intervals.push(milliseconds);
    tick = callback;
    return { unref: () => undefined };
  }) as unknown as typeof setInterval;
  showPlain({ view: () => middle() }, { write: (text) => lines.push(text) });
  tick();
  tick();
  t.strictSame(intervals, [2000]);
  t.equal(lines.length, 2);
});
