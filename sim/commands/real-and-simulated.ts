/** Runs a scenario for real and then simulated, and compares the weights. */
import type { DataSplit } from '../../models/spec/data.ts';
import { weightsSha256 } from '../output/weights-hash.ts';
import { chosen } from '../scenario/chosen.ts';
import type { ResolvedScenario } from '../scenario/resolved.ts';
import type { ProtocolRun } from '../worlds/protocol-run.ts';
import { ComparedWorld } from '../worlds/compared.ts';
import { SimulatedWorld } from '../worlds/simulated.ts';
import type { WorldOutcome } from '../worlds/world.ts';
import type { TraceRequest } from '../output/trace-spool.ts';
import { type RealExtras, RealWorld, type RealWorldKind } from '../worlds/real/real-world.ts';

/** The real runs and, if all of them finish, the same ones simulated. */
export function realAndSimulated(
  kind: RealWorldKind,
  scenario: ResolvedScenario,
  data: DataSplit | null,
  extras: RealExtras = {},
  simulatedTrace: TraceRequest | null = null,
): ComparedWorld {
  const simulated = () => new SimulatedWorld(scenario, data, { trace: simulatedTrace });
  return new ComparedWorld(new RealWorld(kind, scenario, data, extras), simulated, {
    message: 'simulating the same for comparison',
    isWorth: ({ runs }) => runs.every(({ result }) => result.outcome !== 'failed'),
  });
}

/** Whether a real run ended with the weights of the simulated one, bit for bit, and the word for it. */
export interface Comparison {
  readonly label: string;
  /** Null where equality is not claimed, or one of the two did not finish. */
  readonly equal: boolean | null;
  readonly word: string;
}

/** One comparison a real run. */
export function compare(
  scenario: ResolvedScenario,
  { runs, compared }: WorldOutcome,
): Comparison[] {
  return runs.map((run) => {
    const { label } = scenario.protocol[run.index];
    const twin = compared.find(({ index }) => index === run.index);
    const { definition, options } = chosen(scenario.protocol[run.index]);
    const timing = definition.timing(options);
    if (timing === 'dependent' || (timing === 'membership' && scenario.faults.length > 0)) {
      const cause = timing === 'dependent' ? 'the order of arrival' : 'who takes part when';
      return { label, equal: null, word: `not claimed (its result depends on ${cause})` };
    }
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
