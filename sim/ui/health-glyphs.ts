/** How a node's health looks where something can fail: a colour, and a sign that differs without colour. */
import { HEALTHS, type Health } from '../../models/observers/health.ts';
import type { RunView } from '../progress.ts';
import type { Line, Span } from './line.ts';

interface HealthLook {
  readonly health: Health;
  readonly color: string;
  readonly sign: string;
}

/** The worst first: one sign for several nodes shows the worst. */
const LOOKS: readonly HealthLook[] = [
  { health: 'dead', color: 'red', sign: '†' },
  { health: 'suspected', color: 'yellow', sign: '?' },
  { health: 'recovering', color: 'magenta', sign: '↻' },
  { health: 'returned', color: 'blue', sign: '+' },
];

/** The sign of the worst of `count` nodes from `first` on; null where all are well, or nothing can fail. */
export function healthSign({ health }: RunView, first: number, count = 1): Span | null {
  if (!health) return null;
  let worst: HealthLook | null = null;
  for (const code of health.subarray(first, first + count)) {
    const look = LOOKS.find((one) => one.health === HEALTHS[code]);
    if (look && (worst === null || LOOKS.indexOf(look) < LOOKS.indexOf(worst))) worst = look;
  }
  return worst && { text: worst.sign, color: worst.color, bold: true };
}

/** The signs and what they mean; nothing where nothing can fail. */
export function healthLegend({ health }: RunView): Line[] {
  if (!health) return [];
  return LOOKS.map((look): Line => [
    { text: look.sign, color: look.color, bold: true },
    { text: ` ${look.health}`, dim: true },
  ]);
}
