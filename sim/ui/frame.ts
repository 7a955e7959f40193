/**
 * The whole screen as lines: what stands where, and what gives way when the terminal is narrow or low. Pure: one
 * view and one size give one frame.
 */
import type { RunView } from '../progress.ts';
import { beside, cut, flow, type Line } from './line.ts';
import { nodeMap, stateCounts } from './node-map.ts';
import {
  eventsPanel,
  failurePanel,
  keysPanel,
  learningPanel,
  linksPanel,
  memoryPanel,
  progressPanel,
  sharesPanel,
  timePanel,
  titlePanel,
  trafficPanel,
} from './panels.ts';

const TWO_COLUMNS_WIDTH = 72;
const MAP_HEIGHT_MIN = 9;
const MAP_HEIGHT_MAX = 21;
const WIDTH_MAX = 132;
const GAP = 3;
/** The keys and the blank line above them. */
const KEYS_HEIGHT = 2;
/** Lines of the event log: so many at least, and up to so many where there is room. */
const EVENTS_MIN = 3;
const EVENTS_MAX = 10;
/** A picture of that height is large enough: what is more goes to the event log. */
const MAP_HEIGHT_ENOUGH = 15;

/** A panel and its rank: when there is no room, the highest ranks go first. */
interface Panel {
  readonly lines: readonly Line[];
  readonly rank: number;
}

/** At most `rows - 1` lines of at most `columns` cells: a frame as high as the terminal makes it scroll. */
export function frameOf(view: RunView, columns: number, rows: number): Line[] {
  const width = Math.max(1, Math.min(columns, WIDTH_MAX));
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
  // Room for the keys even when they are gone: the picture must not jump when the run ends.
  const left = height - head.length - failureHeight - KEYS_HEIGHT;
  const events = eventsPanel(view, width, eventLines(left));
  const foot = [events, ...below].flatMap((lines) => (lines.length > 0 ? [[], ...lines] : []));
  const room = left - (events.length > 0 ? events.length + 1 : 0);
  const mapHeight = Math.min(MAP_HEIGHT_MAX, room);
  if (mapHeight < MAP_HEIGHT_MIN) return null;
  const mapWidth = Math.min(Math.floor(width * 0.46), mapHeight * 2 + 6);
  let map = nodeMap(view, mapWidth, mapHeight);
  const legend = map.legend === null ? [] : [[], ...flow(map.legend, width)];
  // A picture without room for its legend gives way to it.
  if (legend.length > 0)
    map = nodeMap(view, mapWidth, Math.min(MAP_HEIGHT_MAX, room - legend.length));
  const figuresWidth = width - map.width - GAP;
  const figures = stack(figurePanels(view, figuresWidth), mapHeight - legend.length, 1);
  return [...head, ...beside(map.lines, figures, map.width, GAP), ...legend, ...foot];
}

/** How many lines of the event log go below a picture, when both have so much room. */
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
    { lines: eventsPanel(view, width, EVENTS_MIN), rank: 4 },
    { lines: flow(stateCounts(view), width), rank: 6 },
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
    { lines: sharesPanel(view, width), rank: 5 },
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
