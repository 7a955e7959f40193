/** A few of the things waited for, as text. */
export function someOf(things: readonly string[]): string {
  const more = things.length > 8 ? ` and ${things.length - 8} more` : '';
  return `${things.slice(0, 8).join(', ')}${more}`;
}
