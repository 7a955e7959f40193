/**
 * A line of the screen as coloured pieces of text. The whole frame is made of these before React sees it, so that
 * every panel is a pure function of the view and its width. Every character is taken to be one cell wide.
 */

export interface Span {
  readonly text: string;
  readonly color?: string;
  readonly dim?: boolean;
  readonly bold?: boolean;
}

export type Line = readonly Span[];

/** Joins spans; neighbours of the same look become one. */
export function joined(spans: readonly Span[]): Line {
  const line: Span[] = [];
  for (const span of spans) {
    const last = line.at(-1);
    if (last !== undefined && isSameLook(last, span))
      line[line.length - 1] = { ...last, text: last.text + span.text };
    else line.push(span);
  }
  return line;
}

function isSameLook(first: Span, second: Span): boolean {
  return first.color === second.color && first.dim === second.dim && first.bold === second.bold;
}

export function widthOf(line: Line): number {
  return line.reduce((sum, span) => sum + span.text.length, 0);
}

/** The line, cut to `width` cells; the last one becomes `…` where something was lost. */
export function cut(line: Line, width: number): Line {
  if (widthOf(line) <= width) return line;
  const kept: Span[] = [];
  let left = Math.max(0, width - 1);
  for (const span of line) {
    if (left === 0) break;
    kept.push({ ...span, text: span.text.slice(0, left) });
    left -= kept[kept.length - 1].text.length;
  }
  if (width > 0) kept.push({ text: '…', dim: true });
  return kept;
}

/** The line, cut or filled with blanks to exactly `width` cells. */
export function fit(line: Line, width: number): Line {
  const kept = cut(line, width);
  const missing = width - widthOf(kept);
  return missing > 0 ? [...kept, { text: ' '.repeat(missing) }] : kept;
}

/** Left and right ends of one line; the left end gives way. */
export function ends(left: Line, right: Line, width: number): Line {
  const room = width - widthOf(right) - 2;
  if (room < 8) return cut(left, width);
  return [...fit(left, room), { text: '  ' }, ...right];
}

/** Two blocks beside each other, `gap` blanks apart; the first is `leftWidth` wide. */
export function beside(
  left: readonly Line[],
  right: readonly Line[],
  leftWidth: number,
  gap: number,
): Line[] {
  const height = Math.max(left.length, right.length);
  return Array.from({ length: height }, (_none, index) => [
    ...fit(left[index] ?? [], leftWidth),
    { text: ' '.repeat(gap) },
    ...(right[index] ?? []),
  ]);
}

/** Puts pieces on as few lines of `width` as possible, two blanks apart. */
export function flow(pieces: readonly Line[], width: number): Line[] {
  const lines: Line[] = [];
  let line: Line = [];
  for (const piece of pieces) {
    const longer: Line = line.length === 0 ? piece : [...line, { text: '  ' }, ...piece];
    if (line.length > 0 && widthOf(longer) > width) {
      lines.push(line);
      line = piece;
    } else {
      line = longer;
    }
  }
  if (line.length > 0) lines.push(line);
  return lines.map((whole) => cut(whole, width));
}
