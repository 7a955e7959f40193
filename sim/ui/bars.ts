/** Numbers as strips of characters: shares, progress and history. Pure text, no colours and no layout. */

const LEVELS = '▁▂▃▄▅▆▇█';

/**
 * Whole numbers that sum to `total` in the given proportions, by largest remainder; all 0 if the shares are. Used for
 * cells of a bar and for percentages, so that neither sums to 99 or 101.
 */
export function apportion(shares: readonly number[], total: number): number[] {
  const sum = shares.reduce((first, second) => first + second, 0);
  if (!(sum > 0)) return shares.map(() => 0);
  const exact = shares.map((share) => (share / sum) * total);
  const whole = exact.map(Math.floor);
  const missing = Math.round(total - whole.reduce((first, second) => first + second, 0));
  const byRemainder = exact
    .map((value, index) => ({ index, rest: value - whole[index] }))
    .sort((first, second) => second.rest - first.rest || first.index - second.index);
  for (const { index } of byRemainder.slice(0, missing)) whole[index] += 1;
  return whole;
}

/** A history in at most `width` characters, scaled from its least to its greatest value; runs are averaged. */
export function sparkline(values: readonly number[], width: number): string {
  const finite = values.filter(Number.isFinite);
  const cells = Math.min(width, finite.length);
  const means = Array.from({ length: cells }, (_none, cell) => {
    const low = Math.floor((cell * finite.length) / cells);
    const high = Math.floor(((cell + 1) * finite.length) / cells);
    let sum = 0;
    for (let index = low; index < high; index += 1) sum += finite[index];
    return sum / (high - low);
  });
  const least = Math.min(...means);
  const range = Math.max(...means) - least;
  return means.map((mean) => level(range > 0 ? (mean - least) / range : 0)).join('');
}

/** A fraction as one character, from the lowest bar for 0 to the full one for 1. */
export function level(fraction: number): string {
  return LEVELS[Math.round(Math.max(0, Math.min(1, fraction)) * (LEVELS.length - 1))];
}

/** The two parts of a progress bar of `width` cells: done and to do. */
export function progressBar(fraction: number, width: number): { done: string; left: string } {
  const clamped = Math.max(0, Math.min(1, Number.isFinite(fraction) ? fraction : 0));
  const cells = Math.round(clamped * width);
  return { done: '━'.repeat(cells), left: '─'.repeat(width - cells) };
}
