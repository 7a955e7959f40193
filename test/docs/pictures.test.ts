/** The pictures in docs/ are those that `npm run docs` makes. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { ROOT } from './blocks.ts';
import { pictures } from './pictures.ts';

t.test('pictures are current, and small', async (t) => {
  for (const [path, svg] of await pictures()) {
    t.ok(readFileSync(join(ROOT, path), 'utf8') === svg, `${path}: npm run docs makes it anew`);
    t.ok(svg.length < 200_000);
  }
});
