/** `npm run docs`: makes the blocks of README.md and docs/ anew that show what commands print. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Command } from 'commander';
import { pictures } from './pictures.ts';
import { documents, realSource, remade, ROOT } from './blocks.ts';

new Command('npm run docs --')
  .description('Makes the blocks of README.md and docs/ anew that show what commands print.')
  .exitOverride(({ exitCode }) => process.exit(exitCode === 0 ? 0 : 2))
  .parse();

const source = realSource();
for (const path of documents()) {
  const before = readFileSync(join(ROOT, path), 'utf8');
  const after = remade(before, source);
  if (after === before) continue;
  writeFileSync(join(ROOT, path), after);
  console.log(`${path} is made anew`);
}

for (const [path, svg] of await pictures()) writeFileSync(join(ROOT, path), svg);
