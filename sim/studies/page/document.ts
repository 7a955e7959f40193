/** A report as one HTML file that needs nothing else: no network, no other file. */
import { formatCounted } from '../../../engine/format.ts';
import { compile, type TopLevelSpec } from 'vega-lite';
import type { Chart } from '../../../reports/studies/section.ts';
import { bundlePage } from '../../worlds/bundle.ts';
import { STYLE } from './style.ts';

/** One experiment, or one run, with everything that the page shows of it. */
export interface Section {
  readonly name: string;
  readonly question: string;
  /** What was run, in short lines. */
  readonly setUp: readonly string[];
  readonly charts: readonly Chart[];
  readonly findings: readonly string[];
  /** The table with its header, as texts. */
  readonly table: readonly (readonly string[])[];
  readonly csv: { readonly name: string; readonly text: string };
}

const SCRIPT = new URL('./page.js', import.meta.url).href;
/** Rows of a table that the page shows; the file to download has all. */
const ROWS_SHOWN = 400;

/** Takes the colour of the text around it, in light and in dark. */
const CONFIG = {
  background: 'transparent',
  view: { stroke: 'transparent' },
  axis: {
    ...{ labelColor: 'currentColor', titleColor: 'currentColor', tickColor: 'currentColor' },
    ...{ domainColor: 'currentColor', gridColor: 'currentColor', gridOpacity: 0.15 },
  },
  legend: { labelColor: 'currentColor', titleColor: 'currentColor', labelLimit: 300 },
  header: { labelColor: 'currentColor', titleColor: 'currentColor' },
  title: { color: 'currentColor' },
};

/** The Vega specification of a picture. */
export function compiled(spec: object): object {
  return compile({ ...spec, config: CONFIG } as TopLevelSpec).spec;
}

/** The whole page. */
export async function reportPage(title: string, sections: readonly Section[]): Promise<string> {
  const script = await bundlePage(SCRIPT);
  const charts = sections.flatMap((section) =>
    section.charts.map(({ id, views }) => ({
      id: `${section.name}-${id}`,
      views: views.map(({ spec }) => compiled(spec)),
    })),
  );
  return [
    `<!doctype html><html lang="en"><head><meta charset="utf-8"><title>${escaped(title)}</title>`,
    '<meta name="viewport" content="width=device-width"><link rel="icon" href="data:,">',
    `<style>${STYLE}</style></head><body><h1>${escaped(title)}</h1>`,
    `<nav>${sections.map(({ name }) => `<a href="#${escaped(name)}">${escaped(name)}</a>`).join(' ')}</nav>`,
    ...sections.map(sectionHtml),
    '<div id="tip" role="status" hidden></div>',
    `<script type="application/json" id="charts">${inScript(JSON.stringify(charts))}</script>`,
    `<script>${inScript(script)}</script></body></html>\n`,
  ].join('\n');
}

function sectionHtml({ name, question, setUp, charts, findings, table, csv }: Section): string {
  const address = `data:text/csv;charset=utf-8,${encodeURIComponent(csv.text)}`;
  const items = (texts: readonly string[]) =>
    `<ul>${texts.map((text) => `<li>${escaped(text)}</li>`).join('')}</ul>`;
  return [
    `<section id="${escaped(name)}"><h2>${escaped(name)}</h2>`,
    `<p class="question">${escaped(question)}</p>`,
    `<h3>Findings</h3><div class="findings">${items(findings)}</div>`,
    ...charts.map((chart) => figureHtml(`${name}-${chart.id}`, chart)),
    `<details><summary>Set-up</summary>${items(setUp)}</details>`,
    `<details><summary>Table</summary>${tableHtml(table)}</details>`,
    `<p><a class="download" download="${escaped(csv.name)}" href="${address}">${escaped(csv.name)}</a></p>`,
    '</section>',
  ].join('\n');
}

function figureHtml(id: string, { title, views }: Chart): string {
  const radios = views.map(
    ({ label }, at) =>
      `<label><input type="radio" name="${escaped(id)}" value="${at}"${at === 0 ? ' checked' : ''}>${escaped(label)}</label>`,
  );
  const choice =
    views.length > 1 ? `<div class="views" role="radiogroup">${radios.join('')}</div>` : '';
  return `<figure id="${escaped(id)}"><figcaption>${escaped(title)}</figcaption>${choice}<div class="chart"></div></figure>`;
}

function tableHtml([header, ...rows]: readonly (readonly string[])[]): string {
  const row = (cells: readonly string[], tag: string) =>
    `<tr>${cells.map((cell) => `<${tag}>${escaped(cell)}</${tag}>`).join('')}</tr>`;
  const more = rows.length - ROWS_SHOWN;
  return (
    `<div class="table" tabindex="0"><table>${row(header ?? [], 'th')}` +
    `${rows
      .slice(0, ROWS_SHOWN)
      .map((cells) => row(cells, 'td'))
      .join('')}</table></div>` +
    (more > 0 ? `<p>and ${formatCounted(more, 'row')} more, in the file</p>` : '')
  );
}

function escaped(text: string): string {
  const names: Readonly<Record<string, string>> = { '&': 'amp', '<': 'lt', '>': 'gt', '"': 'quot' };
  return text.replace(/[&<>"]/g, (letter) => `&${names[letter]};`);
}

/** No text may end the script that it stands in. */
function inScript(text: string): string {
  return text.replace(/<\/(script)/gi, '<\\/$1').replaceAll('<!--', '<\\!--');
}
