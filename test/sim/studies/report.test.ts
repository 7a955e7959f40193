/** Reports: their sentences follow from the numbers, and their page works by itself in a browser (docs/study.md). */
import { existsSync, readFileSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import t from 'tap';
import { analyse } from '../../../reports/studies/analyse.ts';
import type { StudyRun } from '../../../reports/studies/run-outcome.ts';
import { reportCommand } from '../../../sim/studies/report-command.ts';
import { studySection } from '../../../sim/studies/study-section.ts';
import { runHere, scenarioFile } from '../commands/run-command.ts';
import { tinyScenario } from '../scenario/tiny-scenario.ts';
import { noBrowser, openBrowser } from './browser.ts';
import { rowsIn, studyFile, studyHere, tinyStudy } from './run-study-command.ts';

async function reportHere(...words: string[]) {
  const said = { stdout: '', stderr: '' };
  const stderr = { write: (text: string) => (said.stderr += text) };
  return {
    status: await reportCommand(words, {
      stdout: { write: (text) => (said.stdout += text) },
      stderr,
      isTerminal: false,
    }),
    said,
  };
}

/** A made-up run of that protocol; `figures` are those of its summary that the sentences use. */
function madeUp(
  cells: StudyRun['cells'],
  seed: number,
  figures: object,
  found: object | null = null,
) {
  const summary = { outcome: 'finished', nodes: 4, ...figures };
  const outcome = { key: '', summary, refused: null, curve: null, found, program: '', node: '' };
  return { cells, seed, outcome } as unknown as StudyRun;
}

/** Two protocols in one study of that kind; `factor` makes the second one better or worse than the first. */
const DOCTORED: Record<string, (factor: number) => StudyRun[]> = {
  idle: (factor) =>
    [4, 16].flatMap((nodes) =>
      ['a', 'b'].map((protocol) =>
        madeUp({ 'cluster.nodes': nodes, protocol }, 1, {
          waiting: { mean: protocol === 'a' ? 0.2 : 0.2 * factor, max: 0.5 },
        }),
      ),
    ),
  progress: (factor) =>
    ['a', 'b'].map((protocol) =>
      madeUp({ 'training.learningRate': 0.1, protocol }, 1, {
        training: { finalTestLoss: protocol === 'a' ? 0.5 : 0.5 * factor },
        time: { modelledSeconds: protocol === 'a' ? 1 : factor },
      }),
    ),
  scaling: (factor) =>
    [1, 4].flatMap((nodes) =>
      ['a', 'b'].map((protocol) =>
        madeUp({ work: 'strong', 'cluster.nodes': nodes, protocol }, 1, {
          time: { modelledSeconds: (protocol === 'a' ? 8 : 8 * factor) / nodes },
          training: { iterations: 4 },
        }),
      ),
    ),
  resilience: (factor) =>
    ['none', 'crash'].flatMap((faults) =>
      ['a', 'b'].flatMap((protocol) =>
        [1, 2, 3].map((seed) =>
          madeUp({ faults, protocol }, seed, {
            training: {
              samplesPerSecond:
                faults === 'none' ? 100 : protocol === 'a' ? 50 : 20 * factor + seed,
            },
          }),
        ),
      ),
    ),
  capacity: (factor) =>
    ['a', 'b'].map((protocol) =>
      madeUp(
        { grow: 'depth', 'cluster.nodes': 4, protocol },
        1,
        {},
        {
          ...{ number: 3, parameters: protocol === 'a' ? 1e6 : 1e6 * factor, isOpen: false },
          ...{ limit: 'out of memory', limitNode: 2, limitRole: 'stage', limitItem: 'weights' },
        },
      ),
    ),
};

for (const [experiment, make] of Object.entries(DOCTORED))
  t.test(`${experiment}: a finding changes when the data changes`, async (t) => {
    const study = { name: 'x', experiment, subject: 'a', base: {}, measure: [] };
    const [better, worse] = [0.5, 4].map((factor) => analyse(make(factor), study).findings);
    t.ok(better.length > 0);
    t.equal(better.length, worse.length);
    better.forEach((sentence, at) => t.not(sentence, worse[at]));
    t.same(analyse(make(0.5), study).findings, better, 'and not otherwise');
  });

t.test('what is shown alike is a tie, and neither a win nor a loss', async (t) => {
  const study = { name: 'x', subject: 'a', base: {}, measure: ['waiting.mean'] };
  const alike = DOCTORED['idle'](1.00001);
  const [idle] = analyse(alike, { ...study, experiment: 'idle' }).findings;
  t.equal(idle, 'a waits less than b in none of 2 clusters, as long in 2 and longer in none.');
  const [any] = analyse(alike, study).findings;
  t.match(any, 'in none of 2 cases, the same in 2 and more in none');
});

t.test('causes of waiting: their sums are the bars, the sentence and the table', async (t) => {
  const folder = t.testdir();
  const out = join(folder, 'out');
  await studyHere(studyFile(folder, tinyStudy()), '--out', out);
  const rows = rowsIn(out);
  const causes = Object.keys(rows[0]).filter((name) => name.startsWith('waitingByCause.'));
  t.equal(causes.length, 7);
  for (const row of rows) {
    const sum = causes.reduce((all, name) => all + Number(row[name]), 0);
    t.ok(Math.abs(sum - Number(row['waiting.mean'])) < 1e-12);
  }
  const { findings } = studySection(out);
  for (const protocol of ['ring-tmp', 'ps-bsp']) {
    const own = rows.filter((row) => row['protocol'] === protocol);
    const mean = own.reduce((all, row) => all + Number(row['waiting.mean']), 0) / own.length;
    const text = `nodes of ${protocol} wait ${(100 * mean).toFixed(1)} % of the time: `;
    t.ok(findings.some((sentence) => sentence.includes(text)));
  }
});

t.test('findings go into a document, in place of what stood there', async (t) => {
  const old = '# Found\n\n<!-- findings: tiny-study -->\n\n- an old one\n- another\n\nAnd so on.\n';
  const folder = t.testdir({ 'found.md': old });
  const out = join(folder, 'out');
  await studyHere(studyFile(folder, tinyStudy()), '--out', out);
  const into = join(folder, 'found.md');
  for (let round = 0; round < 2; round++) {
    const { status, said } = await reportHere(out, '--into', into);
    t.equal(status, 0, said.stderr);
    const text = readFileSync(into, 'utf8');
    const list = [studySection(out).setUp[0], ...studySection(out).findings];
    const lines = list.map((finding) => `- ${finding}\n`).join('');
    t.equal(text, `# Found\n\n<!-- findings: tiny-study -->\n\n${lines}\nAnd so on.\n`);
  }
  writeFileSync(into, '# Found\n');
  const { status, said } = await reportHere(out, '--into', into);
  t.equal(status, 2);
  t.match(said.stderr, /has no place for 'tiny-study'; .* would be right\n$/);
});

t.test('an experiment says where its subject loses, and when it does not', async (t) => {
  for (const [experiment, make] of Object.entries(DOCTORED)) {
    const study = { name: 'x', experiment, subject: 'a', base: {}, measure: [] };
    const isMoreBetter = experiment === 'resilience' || experiment === 'capacity';
    const [loses, wins] = (isMoreBetter ? [4, 0.5] : [0.5, 4]).map((factor) =>
      analyse(make(factor), study).findings.filter((text) => text.includes(' lose')),
    );
    t.match(loses, [/^Where a loses: .*b/], experiment);
    t.strictSame(wins, ['a loses to none of them.'], experiment);
  }
});

t.test('resilience names the worst seed and the quantiles', async (t) => {
  const study = { name: 'x', experiment: 'resilience', subject: 'a', base: {}, measure: [] };
  const [sentence] = analyse(DOCTORED['resilience'](1), study).findings;
  t.match(sentence, 'b keeps 22.0 % (p5 21.1 %, p95 22.9 %, worst seed 1)');
});

t.test('the table and the download of a report are results.csv', async (t) => {
  const folder = t.testdir();
  const out = join(folder, 'out');
  await studyHere(studyFile(folder, tinyStudy()), '--out', out);
  const section = studySection(out);
  t.equal(section.csv.text, readFileSync(join(out, 'results.csv'), 'utf8'));
  t.equal(section.table.length, rowsIn(out).length + 1);
});

t.test(
  '--svg writes each picture; a folder without results is refused in a sentence',
  async (t) => {
    const folder = t.testdir({ empty: {} });
    const file = scenarioFile(folder, tinyScenario());
    const out = join(folder, 'run');
    await runHere([file, '--out', out]);
    const page = join(folder, 'page.html');
    const { status } = await reportHere(out, '--out', page, '--svg');
    t.equal(status, 0);
    const pictures = readdirSync(folder).filter((name) => name.endsWith('.svg'));
    t.equal(pictures.length, 4, 'shares, and losses over iterations, samples and seconds');
    for (const name of pictures)
      t.match(readFileSync(join(folder, name), 'utf8'), /^<svg .*<path/s);
    for (const bad of [join(folder, 'empty'), join(folder, 'none')]) {
      const { status, said } = await reportHere(bad);
      t.equal(status, 2);
      t.match(said.stderr, /would be right\n$/);
    }
    t.notOk(existsSync(join(folder, 'empty', 'report.html')));
  },
);

t.test(
  'the page works from the file system, by itself',
  { skip: noBrowser ?? false },
  async (t) => {
    const folder = t.testdir();
    const out = join(folder, 'out');
    await studyHere(studyFile(folder, tinyStudy()), '--out', out);
    const path = join(out, 'report.html');
    t.ok(statSync(path).size < 5e6);
    const browser = await openBrowser();
    t.teardown(() => browser.close());
    const page = await browser.newPage({ acceptDownloads: true });
    const [requests, complaints]: string[][] = [[], []];
    page.on('request', (request) => requests.push(request.url()));
    page.on('console', (message) => complaints.push(message.text()));
    page.on('pageerror', (error) => complaints.push(String(error)));
    const address = pathToFileURL(path).href;
    await page.goto(address);
    const figure = page.locator('figure').first();
    await figure.locator('svg').waitFor();
    t.same(
      requests.filter((url) => url !== address && !url.startsWith('data:')),
      [],
    );
    const points = () => page.$$eval('.layer_2_marks path', (paths) => paths.length);
    await page.locator('#tiny-study-causes svg').waitFor();
    const bars = await page.$$eval('#tiny-study-causes .mark-rect path', (all) => all.length);
    t.equal(bars, 14, 'a part of a bar for each cause and protocol');
    t.equal(await points(), 4, 'a point for each number of nodes and protocol');
    const titleOf = () => page.textContent('figure svg');
    t.match(await titleOf(), 'modelled time of the run (s)');
    t.equal(
      await page.textContent('.question'),
      'How does the modelled time of the run (s) of ring-tmp and ps-bsp change with nodes?',
    );
    await page.locator('.layer_2_marks path').first().hover({ force: true });
    t.match(
      await page.textContent('#tip'),
      /modelled time of the run \(s\): [\d.]+/,
      'hover shows the value',
    );
    await page.locator('input[type=radio]').first().focus();
    await page.keyboard.press('ArrowRight');
    await page.waitForFunction(
      "document.querySelector('figure svg').textContent.includes('time waiting')",
    );
    t.equal(await points(), 4, 'the keyboard switches the view');
    await page.emulateMedia({ media: 'print', colorScheme: 'dark' });
    await page.setViewportSize({ width: 700, height: 900 });
    const widths = await page.$$eval('figure', (all) =>
      all.map((one) => [one.querySelector('svg')!.clientWidth, one.clientWidth]),
    );
    for (const [picture, paper] of widths) t.ok(picture <= paper, 'pictures fit on paper');
    const ink = await page.evaluate('getComputedStyle(document.body).color');
    t.equal(ink, 'rgb(0, 0, 0)', 'which is white');
    await page.emulateMedia({ media: 'screen' });
    const [download] = await Promise.all([page.waitForEvent('download'), page.click('a.download')]);
    const saved = readFileSync(await download.path(), 'utf8');
    t.equal(saved, readFileSync(join(out, 'results.csv'), 'utf8'));
    t.same(complaints, []);
  },
);
