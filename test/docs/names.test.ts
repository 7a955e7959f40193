/** What the documents name is there: a file in `backticks`, and the target of a link. */
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import t from 'tap';
import { documents, ROOT } from './blocks.ts';

const ROOMS = ['bench', 'engine', 'models', 'reports', 'scenarios', 'sim', 'test'];
const FILES = ROOMS.flatMap((room) =>
  readdirSync(join(ROOT, room), { recursive: true, encoding: 'utf8' }).map(
    (path) => `/${room}/${path}`,
  ),
);

/** The file that the README has its reader write. */
const READERS_OWN = 'scenarios/my-ring.ts';

/** The source files and links of a page that lead nowhere. A name may leave out the folders it lies in. */
function astray(path: string, text: string): string[] {
  const names = [...text.matchAll(/`([\w./-]+\.tsx?)`/g)].map(([, name]) => name);
  const links = [...text.matchAll(/\]\((?!https?:)([^)#]+)/g)].map(([, link]) => link);
  return [
    ...names.filter(
      (name) => name !== READERS_OWN && !FILES.some((file) => file.endsWith(`/${name}`)),
    ),
    ...links.filter((link) => !existsSync(join(ROOT, dirname(path), link))),
  ];
}

t.test('each source file and page that a document names is there', async (t) => {
  for (const path of documents())
    t.same(astray(path, readFileSync(join(ROOT, path), 'utf8')), [], path);
});

t.test('a file and a link that lead nowhere are found', async (t) => {
  const text =
    '`gone.test.ts`, `engine/world.ts`, `orld.ts`, [a](network.md), [b](none.md#x), [c](https://x.y)';
  t.same(astray('docs/page.md', text), ['gone.test.ts', 'orld.ts', 'none.md']);
});
