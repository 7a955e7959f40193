/**
 * Numbers with their units, for people: failure messages, the table and the screen format a figure in the same way.
 * It knows nothing of what the numbers mean.
 *
 * Traffic is decimal (1 kB = 1000 B), as networks are sold; memory is binary (1 KiB = 1024 B), as hosts are.
 */

/** Shown where there is no figure. */
export const ABSENT = '-';

const DECIMAL = ['', 'k', 'M', 'G', 'T', 'P'];
const BINARY = ['B', 'KiB', 'MiB', 'GiB', 'TiB', 'PiB'];

/** Three significant digits, never an exponent: `1.25`, `41.0`, `812`; `1024` keeps its four. */
function significant(value: number, digits: number): string {
  if (value === 0) return '0';
  const whole = Math.floor(Math.log10(Math.abs(value))) + 1;
  const text = value.toFixed(Math.max(0, Math.min(12, digits - whole)));
  // 9.996 has one whole digit, but rounds to 10.00 where 10.0 is meant.
  const rounded = Math.floor(Math.log10(Math.abs(Number(text)))) + 1;
  return rounded > whole && digits > whole ? value.toFixed(Math.max(0, digits - rounded)) : text;
}

/** Scales a value by the largest step that leaves at least 1 of it after rounding to `digits` digits. */
function scaled(value: number, base: number, units: readonly string[], digits: number): string[] {
  const sign = value < 0 ? '-' : '';
  let rest = Math.abs(value);
  let unit = 0;
  while (unit < units.length - 1 && Number(significant(rest, digits)) >= base) {
    rest /= base;
    unit += 1;
  }
  return [
    sign + (unit === 0 && Number.isInteger(rest) ? `${rest}` : significant(rest, digits)),
    units[unit],
  ];
}

/** Bytes on the wire: `48 B`, `1.25 GB`. */
export function formatBytes(bytes: number, digits = 3): string {
  if (!Number.isFinite(bytes)) return ABSENT;
  const [number, prefix] = scaled(bytes, 1000, DECIMAL, digits);
  return `${number} ${prefix}B`;
}

/** Bytes of memory: `64.0 MiB`; `no limit` where there is none. */
export function formatMemory(bytes: number, digits = 3): string {
  if (bytes === Infinity) return 'no limit';
  if (!Number.isFinite(bytes)) return ABSENT;
  const [number, unit] = scaled(bytes, 1024, BINARY, digits);
  return `${number} ${unit}`;
}

/** Something a second: `1.25 GB/s`, `312 k events/s`. `unit` joins the prefix when it is one of B, FLOP. */
export function formatRate(perSecond: number, unit: string, digits = 3): string {
  if (!Number.isFinite(perSecond)) return ABSENT;
  const [number, prefix] = scaled(perSecond, 1000, DECIMAL, digits);
  const joined = unit === 'B' || unit === 'FLOP' ? `${prefix}${unit}` : `${prefix} ${unit}`.trim();
  return `${number} ${joined}/s`;
}

/** A duration in the unit that suits it, from `3 ns` to `2 d 04 h`. */
export function formatSeconds(seconds: number, digits = 3): string {
  if (!Number.isFinite(seconds)) return ABSENT;
  if (seconds < 0) return `-${formatSeconds(-seconds, digits)}`;
  if (seconds === 0) return '0 s';
  if (Number(seconds.toPrecision(digits)) >= 1000) return longDuration(seconds);
  const steps: [number, string][] = [
    [1e9, 'ns'],
    [1e6, 'us'],
    [1e3, 'ms'],
  ];
  for (const [factor, unit] of steps) {
    const value = seconds * factor;
    if (Number(value.toPrecision(digits)) < 1000) return `${significant(value, digits)} ${unit}`;
  }
  return `${significant(seconds, digits)} s`;
}

/** A duration for people who wait: whole seconds, `41 s`, `2 min 05 s`, `3 h 20 min`. */
export function formatWait(seconds: number): string {
  if (!Number.isFinite(seconds)) return ABSENT;
  return seconds < 59.5 ? `${Math.max(0, Math.round(seconds))} s` : longDuration(seconds);
}

function longDuration(seconds: number): string {
  const whole = Math.round(seconds);
  const two = (value: number) => `${value}`.padStart(2, '0');
  if (whole < 3600) return `${Math.floor(whole / 60)} min ${two(whole % 60)} s`;
  const minutes = Math.round(seconds / 60);
  if (minutes < 1440) return `${Math.floor(minutes / 60)} h ${two(minutes % 60)} min`;
  const hours = Math.round(seconds / 3600);
  return `${Math.floor(hours / 24)} d ${two(hours % 24)} h`;
}

/** A fraction as a percentage with one decimal: `41.0 %`. */
export function formatShare(fraction: number): string {
  return Number.isFinite(fraction) ? `${(fraction * 100).toFixed(1)} %` : ABSENT;
}

/** A whole number with its thousands set apart: `1,234,567`. */
export function formatCount(count: number): string {
  if (!Number.isFinite(count)) return ABSENT;
  return `${Math.round(count)}`.replace(/\B(?=(\d{3})+$)/g, ',');
}

/** A count of things, by their name: `1 node`, `1,024 nodes`. `many` is for names that do not end in `s` then. */
export function formatCounted(count: number, one: string, many: string = `${one}s`): string {
  return `${formatCount(count)} ${count === 1 ? one : many}`;
}

/** A figure without a unit, such as a loss: four decimals, or an exponent where those would say nothing. */
export function formatFigure(value: number): string {
  if (!Number.isFinite(value)) return String(value);
  const size = Math.abs(value);
  return size !== 0 && (size < 0.001 || size >= 1e6) ? value.toExponential(2) : value.toFixed(4);
}
