/**
 * The nodes as a picture: a ring of discs with the counts inside it, or a grid of cells where a ring has no room.
 * Draws what nodes do and, where something can fail, who is not well; what it means is said by the legend.
 */
import { formatCount } from '../../reports/format.ts';
import type { RunView } from '../progress.ts';
import { level } from './bars.ts';
import { ellipse, gridOf, spreadOver } from './geometry.ts';
import { SHOWN_STATES, codeOf, commonRole, countStates, lookOf } from './glyphs.ts';
import { ailment } from './health-glyphs.ts';
import { widthOf, type Line, type Span } from './line.ts';

/** Past this many nodes a ring is only noise. */
const RING_NODES_MAX = 64;

export interface NodeMap {
  readonly lines: Line[];
  readonly width: number;
  /** Pieces of the legend that the picture needs and does not hold itself; null when it needs none. */
  readonly legend: Line[] | null;
}

/** The picture of at most `width` x `height` cells. */
export function nodeMap(view: RunView, width: number, height: number): NodeMap {
  // Odd sizes have a middle, so that the ring is symmetric.
  const [ringWidth, ringHeight] = [width - 1 + (width % 2), height - 1 + (height % 2)];
  const ring = view.nodes <= RING_NODES_MAX ? ringMap(view, ringWidth, ringHeight) : null;
  return ring ?? gridMap(view, width, height);
}

/** One glyph a cell; neighbours of one look become one span. */
type Canvas = (Span | null)[][];

function ringMap(view: RunView, width: number, height: number): NodeMap | null {
  const track = ellipse(width, height);
  const places = spreadOver(track, view.nodes);
  if (places === null) return null;
  const canvas: Canvas = Array.from({ length: height }, () => Array(width).fill(null));
  for (const { column, row } of track) canvas[row][column] = { text: '·', dim: true };
  const common = commonRole(view.roles);
  for (const [node, { column, row }] of places.entries()) {
    canvas[row][column] = nodeSpan(view, node, common);
  }
  const isInside = writeInside(canvas, centreLines(view), width, height);
  return { lines: canvas.map(lineOf), width, legend: isInside ? null : legendOf(view) };
}

/** A node that is not well shows that, any other what it does. */
function nodeSpan(view: RunView, node: number, common: string): Span {
  const look = lookOf(view.states[node]);
  const shape = view.roles[node] === common ? look.disc : look.square;
  return ailment(view, node) ?? { text: shape, color: look.color };
}

/** How many nodes there are and what they do, for the middle of the ring. */
function centreLines(view: RunView): Line[] {
  const counts = countStates(view.states);
  const numberWidth = `${view.nodes}`.length;
  const states = SHOWN_STATES.map((look): Line => [
    { text: look.disc, color: look.color },
    { text: ` ${look.state} ` },
    { text: `${counts[codeOf(look.state)]}`.padStart(numberWidth) },
  ]);
  const nodes: Line = [{ text: nodesText(view.nodes), bold: true }];
  return [nodes, [], ...states, ...squareRoles(view)];
}

/** What squares stand for: the roles other than the most common one. */
function squareRoles({ roles }: RunView): Line[] {
  const common = commonRole(roles);
  const others = [...new Set(roles)].filter((role) => role !== common);
  return others.length === 0 ? [] : [[{ text: '□ ', dim: true }, { text: others.join(', ') }]];
}

/** Writes lines into the middle of the canvas; leaves it as it is when they would touch the ring. */
function writeInside(
  canvas: Canvas,
  lines: readonly Line[],
  width: number,
  height: number,
): boolean {
  const blockWidth = Math.max(...lines.map(widthOf));
  const top = Math.floor((height - lines.length) / 2);
  const left = Math.floor((width - blockWidth) / 2);
  if (top < 2 || left < 2) return false;
  // The corners of the block come closest to the ring.
  const corner = canvas[top].slice(left - 2, left + blockWidth + 2);
  const other = canvas[top + lines.length - 1].slice(left - 2, left + blockWidth + 2);
  if (corner.some((cell) => cell !== null) || other.some((cell) => cell !== null)) return false;
  for (const [index, line] of lines.entries()) {
    let column = left + (index === 0 ? Math.floor((blockWidth - widthOf(line)) / 2) : 0);
    for (const span of line) {
      for (const text of span.text) {
        canvas[top + index][column] = { ...span, text };
        column += 1;
      }
    }
  }
  return true;
}

function gridMap(view: RunView, width: number, height: number): NodeMap {
  const captionHeight = 2;
  const grid = gridOf(view.nodes, width, Math.max(1, height - captionHeight));
  const isCrowded = grid.nodesPerCell > 1;
  const common = commonRole(view.roles);
  const canvas: Canvas = Array.from({ length: grid.rows }, (_none, row) =>
    Array.from({ length: grid.columns }, (_nothing, column) => {
      const first = (row * grid.columns + column) * grid.nodesPerCell;
      if (first >= view.nodes) return null;
      if (!isCrowded) return nodeSpan(view, first, common);
      const states = view.states.subarray(first, first + grid.nodesPerCell);
      return ailment(view, first, grid.nodesPerCell) ?? crowdSpan(states);
    }),
  );
  const caption: Line = [
    { text: nodesText(view.nodes), bold: true },
    { text: isCrowded ? `, ${grid.nodesPerCell} a cell` : '', dim: true },
  ];
  const barsText: Line = [{ text: '▁▄█', dim: true }, { text: ' share of a cell busy' }];
  const legend = isCrowded ? [...stateCounts(view), barsText] : legendOf(view);
  return { lines: [...canvas.map(lineOf), [], caption], width, legend };
}

/** Several nodes in one cell: as high as many of them are busy, in the colour of what most of them do. */
function crowdSpan(states: Uint8Array): Span {
  const counts = countStates(states);
  const down = codeOf('down');
  // One node that is down must not drown among many that are not.
  const shown = counts[down] > 0 ? down : counts.indexOf(Math.max(...counts));
  return { text: level(counts[codeOf('busy')] / states.length), color: lookOf(shown).color };
}

function nodesText(nodes: number): string {
  return nodes === 1 ? '1 node' : `${formatCount(nodes)} nodes`;
}

function lineOf(cells: readonly (Span | null)[]): Line {
  const spans: Span[] = [];
  for (const cell of cells) {
    const span = cell ?? { text: ' ' };
    const last = spans.at(-1);
    if (last !== undefined && isSameLook(last, span)) {
      spans[spans.length - 1] = { ...last, text: last.text + span.text };
    } else {
      spans.push(span);
    }
  }
  return spans;
}

function isSameLook(first: Span, second: Span): boolean {
  return first.color === second.color && first.dim === second.dim && first.bold === second.bold;
}

/** The states, their looks and how many nodes are in each. */
export function stateCounts(view: RunView): Line[] {
  const counts = countStates(view.states);
  return SHOWN_STATES.map((look): Line => [
    { text: look.disc, color: look.color },
    { text: ` ${look.state} ${formatCount(counts[codeOf(look.state)])}` },
  ]);
}

function legendOf(view: RunView): Line[] {
  return [...stateCounts(view), ...squareRoles(view)];
}
