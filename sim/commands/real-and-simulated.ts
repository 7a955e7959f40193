/**
 * A scenario run for real and then simulated, as one thing to watch: the screen follows whichever runs. Compares
 * what the two ended with.
 */
import type { DataSplit } from '../../models/dataset.ts';
import { weightsSha256 } from '../output/weights-hash.ts';
import { chosen } from '../scenario/chosen.ts';
import type { RunView } from '../progress.ts';
import type { ResolvedScenario } from '../scenario/resolved.ts';
import type { ProtocolRun } from '../worlds/protocol-run.ts';
import { SimulatedWorld, type WorldOutcome } from '../worlds/simulated.ts';
import { ThreadsWorld } from '../worlds/threads.ts';

export interface Outcomes {
  readonly real: WorldOutcome;
  /** Null when the real run did not get to its end: then there is nothing to compare with. */
  readonly simulated: WorldOutcome | null;
}

export class RealAndSimulated {
  /** Settles when both have ended, or the run was ended early; never rejects. */
  readonly done: Promise<Outcomes>;
  private readonly real: ThreadsWorld;
  private simulated: SimulatedWorld | null = null;
  private comparing = false;

  constructor(scenario: ResolvedScenario, data: DataSplit | null) {
    this.real = new ThreadsWorld(scenario, data);
    this.done = this.work(scenario, data);
  }

  view(): RunView {
    if (!this.comparing || !this.simulated) return this.real.view();
    return { ...this.simulated.view(), phaseMessage: 'simulating the same for comparison' };
  }

  pause(): void {
    if (this.comparing) this.simulated?.pause();
    else this.real.pause();
  }

  resume(): void {
    if (this.comparing) this.simulated?.resume();
    else this.real.resume();
  }

  quit(): void {
    if (this.comparing) this.simulated?.quit();
    else this.real.quit();
  }

  private async work(scenario: ResolvedScenario, data: DataSplit | null): Promise<Outcomes> {
    const real = await this.real.done;
    const failed = real.runs.some(({ result }) => result.outcome === 'failed');
    if (real.crash || real.wasInterrupted || failed) return { real, simulated: null };
    this.simulated = new SimulatedWorld(scenario, data);
    this.comparing = true;
    const simulated = await this.simulated.done;
    this.comparing = false;
    return { real, simulated };
  }
}

/** Whether a real run ended with the weights of the simulated one, bit for bit, and what to say of it. */
export interface Comparison {
  readonly label: string;
  /** Null where equality is not claimed, or one of the two did not get to its end. */
  readonly equal: boolean | null;
  readonly word: string;
}

/** One comparison a real run. */
export function compare(scenario: ResolvedScenario, { real, simulated }: Outcomes): Comparison[] {
  return real.runs.map((run) => {
    const { label } = scenario.protocol[run.index];
    const twin = simulated?.runs.find(({ index }) => index === run.index);
    const { definition, options } = chosen(scenario.protocol[run.index]);
    if (definition.timing(options) === 'dependent')
      return {
        label,
        equal: null,
        word: 'not claimed (its result depends on the order of arrival)',
      };
    const equal = twin && sameWeights(run, twin);
    if (equal === undefined)
      return { label, equal: null, word: 'not compared (one of the runs has not ended)' };
    return { label, equal, word: equal ? 'yes' : 'no' };
  });
}

/** Undefined when one of the runs has no final weights to compare. */
function sameWeights(real: ProtocolRun, simulated: ProtocolRun): boolean | undefined {
  const finished = [real, simulated].every(({ result }) => result.outcome === 'finished');
  const [one, other] = [real, simulated].map(({ training }) =>
    weightsSha256(training.finalWeights),
  );
  return finished && one !== null && other !== null ? one === other : undefined;
}
