/** How the nodes have spent their time so far: the share they waited, and a bar a role. */
import { ABSENT } from '../../engine/format.ts';
import type { RoleShares, RunView } from '../progress.ts';
import { apportion } from './bars.ts';
import { SHOWN_STATES, type StateLook } from './glyphs.ts';
import { cut, widthOf, type Line, type Span } from './line.ts';
import { labelled, LABEL_WIDTH } from './panels.ts';

const BAR_WIDTH_MAX = 60;

/** Waiting is comm and idle, over all nodes; the percentages are in the colours of the bars. */
export function timeSharesPanel(view: RunView, width: number): Line[] {
  const { shares } = view;
  if (shares.length === 0) return [labelled('time', { text: ABSENT }), [], []];
  const all = meanOf(shares, view.roles);
  const shown = SHOWN_STATES.filter(
    ({ state }) => !(state === 'redo' || state === 'down') || all[state] > 0,
  );
  const nameWidth = Math.min(
    LABEL_WIDTH + 5,
    Math.max(LABEL_WIDTH, ...shares.map(({ role }) => role.length + 1)),
  );
  return [
    labelled('time', { text: waitingText(all), bold: true }),
    legendLine(all, shown, width),
    ...shares.map((share) => shareLine(share, shown, nameWidth, width)),
  ];
}

/** A share as a percentage: whole, or with a decimal where it is under 1. */
export function percent(share: number): string {
  const value = 100 * share;
  if (value === 0) return '0';
  return value < 0.95 ? value.toFixed(1) : value.toFixed(0);
}

/** The legend of the bars with percentages, as wide as there is room. */
function legendLine(all: RoleShares, shown: readonly StateLook[], width: number): Line {
  const pieces = shown.map(({ bar, state, color }): Span => ({
    text: `${bar} ${state} ${percent(all[state])}`,
    color,
  }));
  const candidates = [
    [' '.repeat(LABEL_WIDTH), '  '],
    ['', '  '],
    ['', ' '],
  ].map(([indent, gap]): Line =>
    pieces.flatMap((piece, index): Span[] => [{ text: index === 0 ? indent : gap }, piece]),
  );
  return candidates.find((line) => widthOf(line) <= width) ?? candidates[2];
}

function waitingText({ comm, idle }: RoleShares): string {
  return `waiting ${percent(comm + idle)} %`;
}

function shareLine(
  share: RoleShares,
  shown: readonly StateLook[],
  nameWidth: number,
  width: number,
): Line {
  const text = ` ${waitingText(share).padStart(13)}`;
  const shares = shown.map(({ state }) => share[state]);
  const room = Math.max(4, Math.min(BAR_WIDTH_MAX, width - nameWidth - text.length));
  const cells = apportion(shares, room);
  return [
    ...cut([{ text: share.role.padEnd(nameWidth), dim: true }], nameWidth),
    ...shown.map(({ bar, color }, index): Span => ({ text: bar.repeat(cells[index]), color })),
    { text, dim: true },
  ];
}

/** The mean over all nodes of the means over those of each role. */
function meanOf(shares: readonly RoleShares[], roles: readonly string[]): RoleShares {
  const mean = { role: 'all', busy: 0, redo: 0, comm: 0, idle: 0, down: 0 };
  for (const share of shares) {
    const count = roles.filter((role) => role === share.role).length || 1;
    for (const { state } of SHOWN_STATES)
      mean[state] += (share[state] * count) / Math.max(1, roles.length);
  }
  return mean;
}
