/**
 * A few dozen nodes as a ring of discs, with the numbers of four of them and the direction of the data. Nodes with a
 * rarer role, such as a server among workers, stand in the middle.
 */
import type { RunView } from '../progress.ts';
import { ellipse, spreadOver, type Place } from './geometry.ts';
import { commonRole, discOf, recentOf } from './glyphs.ts';
import { healthSign } from './health-glyphs.ts';
import { joined, widthOf, type Line, type Span } from './line.ts';
import { nodesText, type NodePicture } from './node-picture.ts';

/** One glyph a cell; null where there is none. */
type Canvas = (Span | null)[][];

/** The most nodes drawn in the middle; more are counted. */
const HUB_LINES = 3;

/** Null where the nodes do not fit. */
export function ringMap(view: RunView, width: number, height: number): NodePicture | null {
  const track = ellipse(width, height);
  const common = commonRole(view.roles);
  const numbers = Array.from({ length: view.nodes }, (_none, node) => node);
  const around = numbers.filter((node) => view.roles[node] === common || view.roles.length === 0);
  const hub = numbers.filter((node) => !around.includes(node));
  const places = spreadOver(track, around.length);
  if (places === null) return null;
  const canvas: Canvas = Array.from({ length: height }, () => Array(width).fill(null));
  for (const { column, row } of track) canvas[row][column] = { text: '·', dim: true };
  for (const [index, { column, row }] of places.entries())
    canvas[row][column] = nodeSpan(view, around[index], false);
  if (!writeInside(canvas, centreLines(view, hub), width, height) && hub.length > 0) return null;
  writeNumbers(canvas, places, around, hub.length === 0);
  const lines = canvas.map((cells) => joined(cells.map((cell) => cell ?? { text: ' ' })));
  return { lines, width };
}

/** A node that is not well shows that, any other what it did. */
function nodeSpan(view: RunView, node: number, square: boolean): Span {
  return healthSign(view, node) ?? discOf(recentOf(view, node), square);
}

function centreLines(view: RunView, hub: readonly number[]): Line[] {
  const shown = hub.length > HUB_LINES ? hub.slice(0, HUB_LINES - 1) : hub;
  const rest = hub.length - shown.length;
  return [
    ...shown.map((node): Line => [
      nodeSpan(view, node, true),
      { text: ` ${view.roles[node]} ${node}` },
    ]),
    ...(rest > 0 ? [[{ text: `and ${rest} more`, dim: true }]] : []),
    ...(hub.length > 0 ? [[]] : []),
    [{ text: nodesText(view.nodes), bold: true }],
    [
      { text: '○◑●', dim: true },
      { text: ' share at work', dim: true },
    ],
  ];
}

/** Writes lines into the middle; leaves the canvas as it is when they would touch the ring. */
function writeInside(
  canvas: Canvas,
  lines: readonly Line[],
  width: number,
  height: number,
): boolean {
  const top = Math.floor((height - lines.length) / 2);
  const starts = lines.map((line) => Math.floor((width - widthOf(line)) / 2));
  const fits = lines.every((line, index) =>
    isFree(canvas, top + index, starts[index] - 2, widthOf(line) + 4),
  );
  if (!fits) return false;
  for (const [index, line] of lines.entries()) write(canvas, top + index, starts[index], line);
  return true;
}

/** The numbers of the nodes at the top, the right, the bottom and the left; with arrows where data goes round. */
function writeNumbers(
  canvas: Canvas,
  places: readonly Place[],
  nodes: readonly number[],
  goesRound: boolean,
): void {
  if (nodes.length < 4) return;
  for (const quarter of [0, 1, 2, 3]) {
    const index = Math.floor((quarter * nodes.length) / 4);
    const { column, row } = places[index];
    const number = `${nodes[index]}`;
    if (quarter === 0) tryWrite(canvas, row + 1, column, goesRound ? `${number} →` : number);
    else if (quarter === 1) tryWrite(canvas, row, column - number.length - 1, number);
    else if (quarter === 3) tryWrite(canvas, row, column + 2, number);
    else {
      const text = goesRound ? `← ${number}` : number;
      tryWrite(canvas, row - 1, column - text.length + 1, text);
    }
  }
}

function tryWrite(canvas: Canvas, row: number, column: number, text: string): void {
  if (isFree(canvas, row, column, text.length)) write(canvas, row, column, [{ text, dim: true }]);
}

function isFree(canvas: Canvas, row: number, column: number, width: number): boolean {
  const cells = canvas[row]?.slice(Math.max(0, column), column + width) ?? [];
  return column >= 0 && cells.length === width && cells.every((cell) => cell === null);
}

function write(canvas: Canvas, row: number, column: number, line: Line): void {
  let at = column;
  for (const span of line) for (const text of span.text) canvas[row][at++] = { ...span, text };
}
