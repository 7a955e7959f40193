/** `npm run report`: makes one page of the folders of studies and runs. */
import { formatCounted } from '../../engine/format.ts';
import { existsSync } from 'node:fs';
import { basename, join } from 'node:path';
import { commandParser, parseWords } from '../commands/arguments.ts';
import { EXIT, explaining, type CommandStreams } from '../commands/streams.ts';
import { replaceFile } from '../output/whole-file.ts';
import { BadInput } from '../scenario/bad-input.ts';
import { show } from '../scenario/show.ts';
import { compiled, reportPage, type Section } from './page/document.ts';
import { putFindings } from './findings.ts';
import { isRunFolder, runSection } from './run-section.ts';
import { isStudyFolder, studySection } from './study-section.ts';

const EXAMPLES = `
Examples:
  npm run report -- out/studies/idle              report.html in that folder
  npm run report -- out/ring-vs-ps --out page.html
  npm run report -- out/studies/idle --svg        each picture as a file of its own, too
  npm run report -- out/studies/idle --into docs/findings.md    what it found, in place of <!-- findings: idle -->

The page needs no network and no other file. Exit status: 0 done, 2 bad input.`;

/**
 * Runs `npm run report` with those arguments.
 * @returns the exit status; bad input has then been explained on stderr in one sentence
 */
export async function reportCommand(
  words: readonly string[],
  streams: CommandStreams,
): Promise<number> {
  return explaining(streams, async () => {
    const parser = commandParser('npm run report --', streams)
      .description('Makes a page of pictures, findings and tables from studies or runs.')
      .argument('[folders...]', 'folders of studies, or of runs')
      .option('--out <FILE>', 'where the page goes (default: report.html in the first folder)')
      .option('--svg', 'also write each picture as an SVG file beside it')
      .option(
        '--into <FILE>',
        'also put the findings into a Markdown file, where it names the study',
      )
      .addHelpText('after', EXAMPLES);
    if (!parseWords(parser, words)) return EXIT.done;
    const { out, svg, into } = parser.opts<{ out?: string; svg?: boolean; into?: string }>();
    const folders = parser.args;
    if (folders.length === 0)
      throw new BadInput(
        'no folder is given; one with results, such as out/studies/idle, would be right',
      );
    const page = out ?? join(folders[0], 'report.html');
    const { pictures, sections } = await writeReport(folders, page, svg === true);
    if (into !== undefined) putFindings(into, sections);
    for (const { name, findings } of sections)
      for (const sentence of findings) streams.stdout.write(`${name}: ${sentence}\n`);
    streams.stderr.write(
      `report in ${page}${pictures > 0 ? `, and ${formatCounted(pictures, 'picture')} beside it` : ''}\n`,
    );
    return EXIT.done;
  });
}

/**
 * Writes the page of those folders, and its pictures where they are wanted.
 * @returns how many pictures, and what the page shows
 * @throws BadInput for a folder without results, or where the page cannot be written
 */
export async function writeReport(
  folders: readonly string[],
  page: string,
  wantsPictures = false,
): Promise<{ pictures: number; sections: readonly Section[] }> {
  const sections = folders.map(sectionOf);
  const text = await reportPage(sections.map(({ name }) => name).join(', '), sections);
  try {
    replaceFile(page, text);
    const stem = page.replace(/\.html$/, '');
    return { pictures: wantsPictures ? await writePictures(sections, stem) : 0, sections };
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    throw new BadInput(
      `${page} cannot be written (${code ?? message}); another --out would be right`,
    );
  }
}

function sectionOf(folder: string): Section {
  if (isStudyFolder(folder)) return studySection(folder);
  if (isRunFolder(folder)) return runSection(folder);
  const what = existsSync(folder) ? 'holds no results' : 'is no folder';
  throw new BadInput(
    `${show(basename(folder))} ${what}; one that a study or a run has written would be right`,
  );
}

async function writePictures(sections: readonly Section[], stem: string): Promise<number> {
  let count = 0;
  for (const { name, charts } of sections)
    for (const { id, views } of charts)
      for (const { label, spec } of views) {
        const svg = await pictureOf(spec);
        const suffix = views.length > 1 ? `-${label.replace(/\W+/g, '-')}` : '';
        replaceFile(`${stem}-${name}-${id}${suffix}.svg`, svg);
        count++;
      }
  return count;
}

/** A picture as an SVG file. */
export async function pictureOf(spec: object): Promise<string> {
  const { parse, View } = await import('vega');
  const view = new View(parse(compiled(spec)), { renderer: 'none' });
  return (await view.toSVG()).replace('<svg ', '<svg color="black" ');
}
