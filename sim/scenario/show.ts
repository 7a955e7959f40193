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

/** The fewest insertions, deletions and replacements that turn one word into the other (Levenshtein 1966). */
function distance(one: string, other: string): number {
  let row = Array.from({ length: other.length + 1 }, (_, column) => column);
  for (let i = 1; i <= one.length; i++) {
    const next = [i];
    for (let j = 1; j <= other.length; j++) {
      const replaced = row[j - 1] + (one[i - 1] === other[j - 1] ? 0 : 1);
      next.push(Math.min(replaced, row[j] + 1, next[j - 1] + 1));
    }
    row = next;
  }
  return row[other.length];
}

/** The choice nearest to a mistyped word, or a part of it, if any is near enough to be meant. */
export function nearest(word: string, choices: readonly string[]): string | null {
  let best: string | null = null;
  let bestDistance = Math.max(2, Math.floor(word.length / 3)) + 1;
  for (const choice of choices) {
    const apart = distance(word.toLowerCase(), choice.toLowerCase());
    if (apart < bestDistance && apart < choice.length) {
      best = choice;
      bestDistance = apart;
    }
  }
  const part = choices.find((choice) => choice.length > 2 && word.startsWith(choice));
  return best ?? part ?? null;
}
