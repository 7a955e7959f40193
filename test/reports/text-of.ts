/** A file that is written in pieces, in one. */
export function textOf(pieces: Iterable<string>): string {
  return [...pieces].join('');
}
