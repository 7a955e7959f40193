/** What the documents show of commands and of the screen is what those print today. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { blockCount, documents, realSource, remade, ROOT } from './blocks.ts';

const texts = documents().map((path) => ({ path, text: readFileSync(join(ROOT, path), 'utf8') }));

t.test('every block is what its command prints; npm run docs makes them anew', async (t) => {
  const source = realSource();
  for (const { path, text } of texts) t.equal(remade(text, source), text, path);
  t.ok(texts.reduce((count, { text }) => count + blockCount(text), 0) >= 3, 'there are blocks');
});

t.test('a fence without a language shows what is printed, and so has a source', async (t) => {
  for (const { path, text } of texts) {
    const lines = text.split('\n');
    let open = false;
    for (const [index, line] of lines.entries()) {
      if (!line.startsWith('```')) continue;
      open = !open;
      if (!open || line !== '```') continue;
      t.match(lines[index - 2], /^<!-- (output|file): .+ -->$/, `${path}:${index + 1}`);
    }
  }
});

t.test('where stdout is promised to hold the table alone, npm is silent', async (t) => {
  const readme = texts[0].text;
  t.match(readme, /stdout holds the table of results alone[^]{0,80}npm run -s/);
});

t.test('a block is made anew from its source, other text stays', async (t) => {
  const text = 'a\n\n<!-- output: x | y -->\n\n```\nold\n```\n\n```sh\nnpm test\n```\n';
  const made = remade(text, (kind, from) => `${kind} ${from}\n`);
  t.equal(made, text.replace('old', 'output x | y'));
  const table = '<!-- table: x -->\n\n| a |\n| - |\n\nb\n';
  t.equal(
    remade(table, (kind, from) => `| ${kind} ${from} |\n`),
    '<!-- table: x -->\n\n| table x |\n\nb\n',
  );
  t.throws(() => realSource()('table', 'none'), /there is no table 'none'; protocols, /);
  t.throws(() => realSource()('output', 'rm -rf out'), /no command of this project/);
});
