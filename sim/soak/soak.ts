/** What all soaks have: the job, its right weights, a stream of luck, and how they are ended. */
import type { RandomStream } from '../../engine/world.ts';
import type { Prepared } from '../commands/prepare.ts';
import type { Interrupts } from '../commands/interrupts.ts';
import { weightsSha256 } from '../output/weights-hash.ts';
import type { ResolvedScenario } from '../scenario/resolved.ts';
import { SimulatedWorld } from '../worlds/simulated.ts';
import { RealWorld, type RealExtras, type RealWorldKind } from '../worlds/real/real-world.ts';
import type { ProtocolRun } from '../worlds/protocol-run.ts';

export interface Soak extends Pick<Prepared, 'data'> {
  readonly scenario: ResolvedScenario;
  readonly luck: RandomStream;
  readonly interrupts: Interrupts;
  /** Writes one line on how far it is. */
  say(line: string): void;
}

/** What a soak has found, for the table at its end: rows of a name and a value. */
export interface Found {
  readonly rows: readonly (readonly [string, string])[];
  /** Whether all was as it must be. */
  readonly isRight: boolean;
}

/** A number of the stream, evenly from 0 to that, which it never is. */
export function drawn(luck: RandomStream, below: number): number {
  return (luck.next() / 2 ** 32) * below;
}

/** The simulated run that nothing happens to: the hash of its weights. */
export async function rightWeights({ scenario, data, interrupts }: Soak): Promise<string | null> {
  const world = new SimulatedWorld({ ...scenario, faults: [] }, data);
  interrupts.onQuit(() => world.quit());
  const { runs, crash } = await world.start();
  if (crash) throw crash;
  return weightsSha256(runs[0]?.training.finalWeights ?? null);
}

/** One real run, with those faults; null when it was interrupted. */
export async function realRun(
  soak: Soak,
  kind: RealWorldKind,
  faults: ResolvedScenario['faults'] = [],
  extras: RealExtras = {},
): Promise<ProtocolRun | null> {
  const world = new RealWorld(kind, { ...soak.scenario, faults }, soak.data, extras);
  soak.interrupts.onQuit(() => world.quit());
  const { runs, crash, wasInterrupted } = await world.start();
  if (crash) throw crash;
  return wasInterrupted ? null : runs[0];
}

/** Counts runs, and those that did not end with the right weights. */
export class Tally {
  runs = 0;
  wrong = 0;
  private readonly right: string | null;

  constructor(right: string | null) {
    this.right = right;
  }

  /** Whether it ended with the right weights. */
  count({ result, training }: Pick<ProtocolRun, 'result' | 'training'>): boolean {
    const isRight =
      result.outcome === 'finished' &&
      this.right !== null &&
      weightsSha256(training.finalWeights) === this.right;
    this.runs++;
    if (!isRight) this.wrong++;
    return isRight;
  }

  get found(): Found {
    return {
      rows: [
        ['runs', String(this.runs)],
        ['with other weights, or failed', String(this.wrong)],
      ],
      isRight: this.wrong === 0 && this.runs > 0,
    };
  }
}
