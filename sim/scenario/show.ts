/** How values, paths and choices are written in messages about bad input. */

/** A value as its author would recognise it, at most about 40 characters. */
export function show(value: unknown): string {
  if (value === undefined) return 'missing';
  if (typeof value === 'string')
    return value.length > 40 ? `'${value.slice(0, 37)}...'` : `'${value}'`;
  if (Array.isArray(value))
    return value.length === 0 ? 'an empty list' : `a list of ${value.length}`;
  if (typeof value === 'function') return 'a function';
  if (value !== null && typeof value === 'object') return 'an object';
  return String(value);
}

/** `['cluster', 'hosts', 1, 'speed']` as `cluster.hosts[1].speed`; the whole scenario for an empty path. */
export function showPath(path: readonly PropertyKey[]): string {
  let text = '';
  for (const step of path)
    text +=
      typeof step === 'number' ? `[${step}]` : text === '' ? String(step) : `.${String(step)}`;
  return text === '' ? 'the scenario' : text;
}

/** `'a', 'b' or 'c'`. */
export function oneOf(choices: readonly unknown[]): string {
  const shown = choices.map(show);
  if (shown.length < 2) return shown.join('');
  return `${shown.slice(0, -1).join(', ')} or ${shown[shown.length - 1]}`;
}

/**
 * The fewest insertions, deletions, replacements and swaps of neighbours that turn one word into the other (optimal
 * string alignment).
 */
function distance(one: string, other: string): number {
  let before: number[] = [];
  let row = Array.from({ length: other.length + 1 }, (_, column) => column);
  for (let i = 1; i <= one.length; i++) {
    const next = [i];
    for (let j = 1; j <= other.length; j++) {
      const replaced = row[j - 1] + (one[i - 1] === other[j - 1] ? 0 : 1);
      const isSwap = i > 1 && j > 1 && one[i - 1] === other[j - 2] && one[i - 2] === other[j - 1];
      const swapped = isSwap ? before[j - 2] + 1 : Infinity;
      next.push(Math.min(replaced, row[j] + 1, next[j - 1] + 1, swapped));
    }
    before = row;
    row = next;
  }
  return row[other.length];
}

/** Fraction of letters that may be wrong in a word that is still recognised. */
const WRONG_LETTERS = 1 / 3;
const LONGEST_WORD = 100;

/**
 * The choice nearest to a mistyped word, or one with the same beginning; null if none is near enough, or two
 * are equally near.
 */
export function nearest(word: string, choices: readonly string[]): string | null {
  if (word.length > LONGEST_WORD) return null;
  let best: string | null = null;
  let bestDistance = Math.min(3, Math.floor(word.length * WRONG_LETTERS)) + 1;
  for (const choice of choices) {
    const apart = distance(word.toLowerCase(), choice.toLowerCase());
    if (apart > bestDistance) continue;
    best = apart < bestDistance ? choice : null;
    bestDistance = apart;
  }
  const part = choices.find(
    (choice) =>
      Math.min(choice.length, word.length) > 2 &&
      (word.startsWith(choice) || choice.startsWith(word)),
  );
  return best ?? part ?? null;
}
