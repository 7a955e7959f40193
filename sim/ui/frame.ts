/**
 * The whole screen as lines: where each panel stands, and which are dropped on a small terminal. Pure: one view and
 * one size give one frame.
 */
import type { RunView } from '../progress.ts';
import { beside, cut, type Line } from './line.ts';
import { faultsPanel } from './faults-panel.ts';
import { linksPanel } from './links-panel.ts';
import { drawsRing, heightOfGrid, gridMap } from './grid-map.ts';
import {
  failurePanel,
  keysPanel,
  learningPanel,
  memoryPanel,
  progressPanel,
  timePanel,
  titlePanel,
  trafficPanel,
} from './panels.ts';
import type { NodePicture } from './node-picture.ts';
import { ringMap } from './ring-map.ts';
import { timeSharesPanel } from './time-panel.ts';

const TWO_COLUMNS_WIDTH = 72;
const MAP_HEIGHT_MIN = 9;
const RING_HEIGHT_MAX = 21;
/** Least and greatest width of the figures beside a picture. */
const FIGURES_WIDTH = 44;
const FIGURES_WIDTH_MAX = 72;
const GAP = 3;
/** The keys and the blank line above them. */
const KEYS_HEIGHT = 2;
/** Least and greatest number of event log lines. */
const EVENTS_MIN = 3;
const EVENTS_MAX = 10;
/** At this height a picture is large enough: further room goes to the event log. */
const MAP_HEIGHT_ENOUGH = 15;

/** A panel and its rank: without enough room, the highest ranks are dropped first. */
interface Panel {
  readonly lines: readonly Line[];
  readonly rank: number;
}

/** At most `rows - 1` lines of at most `columns` cells: a frame as high as the terminal makes it scroll. */
export function frameOf(view: RunView, columns: number, rows: number): Line[] {
  const width = Math.max(1, columns);
  const height = Math.max(1, rows - 1);
  const isWide = width >= TWO_COLUMNS_WIDTH && view.nodes > 0;
  const lines =
    (isWide ? wideFrame(view, width, height) : null) ?? narrowFrame(view, width, height);
  return lines.slice(0, height).map((line) => cut(line, width));
}

/** The picture at the left, the figures at the right; null when the terminal is too low for a picture. */
function wideFrame(view: RunView, width: number, height: number): Line[] | null {
  const head = [...titlePanel(view, width), ...progressPanel(view, width), []];
  const below = [failurePanel(view, width), keysPanel(view)];
  const failureHeight = below[0].length > 0 ? below[0].length + 1 : 0;
  // Keeps room for the keys when they are gone: the picture must not jump when the run ends.
  const left = height - head.length - failureHeight - KEYS_HEIGHT;
  const events = faultsPanel(view, width, eventLines(left));
  const foot = [events, ...below].flatMap((lines) => (lines.length > 0 ? [[], ...lines] : []));
  const room = left - (events.length > 0 ? events.length + 1 : 0);
  if (room < MAP_HEIGHT_MIN) return null;
  const map = pictureOf(view, width, room);
  const figuresWidth = Math.min(FIGURES_WIDTH_MAX, width - map.width - GAP);
  const figures = stack(figurePanels(view, figuresWidth), Math.max(map.lines.length, room), 1);
  return [...head, ...beside(map.lines, figures, map.width, GAP), ...foot];
}

/** A ring is large enough at some size; a grid grows until each node has a cell. */
function pictureOf(view: RunView, width: number, room: number): NodePicture {
  const isRing = drawsRing(view.nodes);
  const height = isRing ? Math.min(RING_HEIGHT_MAX, room) : room;
  const half = Math.floor(width * 0.46);
  const most = isRing ? Math.min(half, height * 2 + 6) : Math.max(half, width - FIGURES_WIDTH);
  const needed = isRing ? room : heightOfGrid(view.nodes, most);
  const high = Math.min(height, needed);
  return (isRing ? ringOf(view, most, high) : null) ?? gridMap(view, most, high);
}

/** Odd sizes have a middle, so that the ring is symmetric. Null where the nodes find no room. */
function ringOf(view: RunView, width: number, height: number): NodePicture | null {
  return ringMap(view, width - 1 + (width % 2), height - 1 + (height % 2));
}

/** Lines of the event log below a picture, when both share that room. */
function eventLines(room: number): number {
  return Math.max(EVENTS_MIN, Math.min(EVENTS_MAX, room - MAP_HEIGHT_ENOUGH - 2));
}

/** One column, no picture. */
function narrowFrame(view: RunView, width: number, height: number): Line[] {
  const panels = [
    { lines: titlePanel(view, width), rank: 0 },
    { lines: progressPanel(view, width), rank: 1 },
    { lines: failurePanel(view, width), rank: 2 },
    ...figurePanels(view, width),
    { lines: faultsPanel(view, width, EVENTS_MIN), rank: 4 },
    { lines: keysPanel(view), rank: 2 },
  ];
  return stack(panels, height, 0);
}

function figurePanels(view: RunView, width: number): Panel[] {
  return [
    { lines: learningPanel(view, width), rank: 3 },
    { lines: timePanel(view), rank: 4 },
    { lines: trafficPanel(view), rank: 8 },
    { lines: memoryPanel(view), rank: 7 },
    { lines: timeSharesPanel(view, width), rank: 5 },
    { lines: linksPanel(view, width), rank: 9 },
  ].map(({ lines, rank }) => ({ rank, lines: lines.map((line) => cut(line, width)) }));
}

/** Panels under each other in at most `height` lines, `gap` blank lines apart while there is room for them. */
function stack(panels: readonly Panel[], height: number, gap: number): Line[] {
  let kept = panels.filter(({ lines }) => lines.length > 0);
  const needed = () => kept.reduce((sum, { lines }) => sum + lines.length, 0);
  while (kept.length > 1 && needed() > height) {
    const worst = Math.max(...kept.map(({ rank }) => rank));
    kept = kept.filter(({ rank }) => rank !== worst);
  }
  const withGaps = needed() + gap * (kept.length - 1) <= height;
  return kept.flatMap(({ lines }, index) =>
    withGaps && gap > 0 && index > 0 ? [[], ...lines] : [...lines],
  );
}
