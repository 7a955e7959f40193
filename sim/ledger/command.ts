/** `npm run ledger`: predicts what was published, and writes how far off it is. */
import { fileURLToPath } from 'node:url';
import { commandParser, parseWords } from '../commands/arguments.ts';
import { EXIT, explaining, type CommandStreams } from '../commands/streams.ts';
import { replaceFile } from '../output/whole-file.ts';
import { BadInput } from '../scenario/bad-input.ts';
import { nearest, show } from '../scenario/show.ts';
import { holds, ledgerCsv, ledgerDocument, section } from './document.ts';
import { hold, ratesOnce, type HeldTable } from './entries.ts';
import { loadTable, tableNames } from './tables.ts';

const DETAILS = `
Every file of scenarios/published/ is a published table: its source, its set-up, what had to be assumed, the scenarios that
predict it, and its figures. Without names all of them run, and docs/ledger.md and docs/ledger.csv are written anew; with names
only those run, and what they come to is printed.

Examples:
  npm run ledger
  npm run ledger -- gpipe-tpu horovod-512

Exit status: 0 done, whatever misses; 1 nothing could be written; 2 bad input.`;

const DOCS = fileURLToPath(new URL('../../docs/', import.meta.url));

/** @returns the exit status; bad input has then been explained on stderr in one sentence */
export function ledgerCommand(words: readonly string[], streams: CommandStreams): Promise<number> {
  return explaining(streams, async () => {
    const parser = commandParser('npm run ledger --', streams)
      .description('Holds the simulator against what people measured.')
      .argument('[names...]', 'tables; all where left out')
      .addHelpText('after', DETAILS);
    const parsed = parseWords(parser, words);
    if (!parsed) return EXIT.done;
    const known = tableNames();
    for (const name of parsed.args)
      if (!known.includes(name))
        throw new BadInput(
          `${show(name)} is no table; ${show(nearest(name, known) ?? known[0])} would be right`,
        );
    const held = await holdAll(parsed.args.length > 0 ? parsed.args : known, streams);
    if (parsed.args.length > 0) {
      streams.stdout.write(held.map(section).join('\n'));
      return EXIT.done;
    }
    return write(held, streams);
  });
}

async function holdAll(names: readonly string[], { stderr }: CommandStreams): Promise<HeldTable[]> {
  const held: HeldTable[] = [];
  for (const [at, name] of names.entries()) {
    const before = `${at + 1}/${names.length} ${name}`;
    const rate = ratesOnce((scenario) => stderr.write(`${before}: ${scenario}\n`));
    const one = await hold(await loadTable(name), rate);
    const near = one.cells.filter((cell) => holds(cell, one.table.within)).length;
    stderr.write(`${before}: ${near} of ${one.cells.length} cells hold\n`);
    held.push(one);
  }
  return held;
}

function write(held: readonly HeldTable[], { stderr }: CommandStreams): number {
  try {
    replaceFile(`${DOCS}ledger.md`, ledgerDocument(held));
    replaceFile(`${DOCS}ledger.csv`, ledgerCsv(held));
  } catch (error) {
    stderr.write(`the ledger cannot be written: ${(error as Error).message}\n`);
    return EXIT.failed;
  }
  stderr.write('docs/ledger.md and docs/ledger.csv are made anew\n');
  return EXIT.done;
}
