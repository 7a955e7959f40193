/** The paths that an expectation may name are those of the figures that summaries have. */
import t from 'tap';
import { summarize } from '../../reports/summarize.ts';
import { figurePaths, isFigurePath } from '../../reports/summary-shape.ts';
import { faultyRun } from './faulty-run.ts';

function* leaves(value: unknown, path: string): Generator<[string, unknown]> {
  if (value === null) return;
  if (typeof value !== 'object') yield [path, value];
  else
    for (const [name, inner] of Object.entries(value))
      yield* leaves(inner, path === '' ? name : `${path}.${name}`);
}

t.test('every number and every yes or no of a summary is a figure, and no text is', async (t) => {
  let figures = 0;
  for (const [path, value] of leaves(summarize(faultyRun()), '')) {
    t.equal(isFigurePath(path), typeof value !== 'string', path);
    if (typeof value !== 'string') figures++;
  }
  t.ok(figures > 40, `${figures} figures`);
});

t.test('what is told as a figure is one, and what no summary has is none', async (t) => {
  for (const path of figurePaths()) t.ok(isFigurePath(path), path);
  for (const path of [
    '',
    'training',
    'training.',
    'training.loss',
    '.nodes',
    'nodes.0',
    'constructor',
  ])
    t.notOk(isFigurePath(path), path);
});
