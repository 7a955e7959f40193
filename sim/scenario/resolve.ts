/** Resolves a scenario: validation, defaults, and warnings about fields without effect. */
import { PROTOCOLS } from '../../models/protocols/registry.ts';
import type { ProtocolDefinition } from '../../models/protocol.ts';
import type { OptimizerSpec } from '../../models/spec/training.ts';
import { BadInput } from './bad-input.ts';
import { checkConsistency } from './consistency.ts';
import { explain, rightWords } from './schema/explain.ts';
import { resolveFaults } from './fault-resolve.ts';
import { effectWarnings } from './effects.ts';
import { withProfile } from './profile.ts';
import { readProtocolFiles } from './protocol-files.ts';
import { lostTimeWarnings, proportionWarnings } from './proportions.ts';
import type {
  ResolvedData,
  ResolvedFault,
  ResolvedProtocol,
  ResolvedScenario,
  ResolvedTraining,
} from './resolved.ts';
import { LEARNING_RATES, scenarioSchema, type ParsedScenario } from './schema/schema.ts';
import { survivalWarnings } from './survival.ts';
import { loadQuantityParser } from './schema/units.ts';
import { topologyOf } from '../topology.ts';
import { watchedWork } from '../watched-work.ts';

/** Cached: building a schema takes longer than using it, and there may be thousands of scenarios. */
const schemas = new WeakMap<readonly ProtocolDefinition[], ReturnType<typeof scenarioSchema>>();

interface Resolution {
  readonly scenario: ResolvedScenario;
  /** Sentences about fields that have no effect on the run. */
  readonly warnings: readonly string[];
}

/**
 * Validates a scenario and fills its defaults.
 * @param written the plain object, as loaded, with overrides in it
 * @param definitions the protocols a scenario may name
 * @param folder where the files it names are
 * @throws BadInput with one sentence for the first thing that is wrong
 */
export async function resolveScenario(
  written: unknown,
  definitions: readonly ProtocolDefinition[] = PROTOCOLS,
  folder: string = '.',
): Promise<Resolution> {
  const parse = await loadQuantityParser();
  const schema = schemas.get(definitions) ?? scenarioSchema(parse, definitions);
  schemas.set(definitions, schema);
  const given = withProfile(written, folder);
  const parsed = schema.safeParse(given, { error: rightWords });
  if (!parsed.success) throw new BadInput(explain(parsed.error.issues, given));
  const protocol = await readProtocolFiles(parsed.data.protocol, folder);
  const faults = await resolveFaults(parsed.data, folder, parse);
  const filled = fill({ ...parsed.data, protocol }, faults, definitions);
  checkConsistency(filled);
  const scenario = { ...filled, protocol: fitted(filled, protocol, definitions) };
  return {
    scenario,
    warnings: [
      ...effectWarnings(scenario),
      ...proportionWarnings(written),
      ...lostTimeWarnings(scenario),
      ...survivalWarnings(scenario),
    ],
  };
}

function fill(
  parsed: ParsedScenario,
  faults: ResolvedFault[],
  definitions: readonly ProtocolDefinition[],
): ResolvedScenario {
  const training = fillTraining(parsed);
  return {
    name: parsed.name,
    seed: parsed.seed,
    cluster: parsed.cluster,
    model: parsed.model,
    data: fillData(parsed, training),
    training,
    protocol: fillProtocols(parsed.protocol, definitions),
    faults,
    ...(parsed.detector ? { detector: parsed.detector } : {}),
    ...(parsed.checkpoint ? { checkpoint: parsed.checkpoint } : {}),
    ...(parsed.stop ? { stop: parsed.stop } : {}),
    expect: parsed.expect,
  };
}

function fillTraining({ training, model }: ParsedScenario): ResolvedTraining {
  const given = training.optimizer;
  const optimizer: OptimizerSpec =
    given === 'sgd'
      ? { kind: 'sgd' }
      : given === 'momentum'
        ? { kind: 'momentum', momentum: 0.9 }
        : given === 'adam'
          ? { kind: 'adam', beta1: 0.9, beta2: 0.999, epsilon: 1e-8 }
          : given;
  return {
    batch: training.batch,
    microBatches: training.microBatches,
    iterations: training.iterations,
    learningRate: training.learningRate ?? LEARNING_RATES[optimizer.kind],
    optimizer,
    numerics: training.numerics ?? (model.kind === 'costs' ? 'cost' : 'exact'),
    precision: training.precision,
    ...(training.bytes ? { bytes: training.bytes } : {}),
    evaluateEvery: training.evaluateEvery,
  };
}

function fillData({ data }: ParsedScenario, training: ResolvedTraining): ResolvedData {
  if (!data) {
    if (training.numerics === 'cost') return { kind: 'none' };
    throw new BadInput(
      "data is missing under exact numerics; { kind: 'mnist' } or { kind: 'synthetic' } would be right",
    );
  }
  if (data.kind === 'none') return data;
  const test = data.test ?? (data.kind === 'mnist' ? 2000 : 250);
  return { kind: data.kind, train: data.train ?? (data.kind === 'mnist' ? 8000 : 1000), test };
}

function fillProtocols(
  written: ParsedScenario['protocol'],
  definitions: readonly ProtocolDefinition[],
): ResolvedProtocol[] {
  const list = Array.isArray(written) ? written : [written];
  return list.map((protocol) => labelled(protocol, protocol.label, definitions));
}

/** The protocols with the options that follow from the work, which labels and results are to say. */
function fitted(
  scenario: ResolvedScenario,
  written: ParsedScenario['protocol'],
  definitions: readonly ProtocolDefinition[],
): ResolvedProtocol[] {
  const list = Array.isArray(written) ? written : [written];
  const work = () => watchedWork(scenario, topologyOf(scenario), null);
  return list.map(({ label, ...options }) => {
    const definition = definitions.find(({ kind }) => kind === options.kind);
    return labelled(definition?.fitted?.(options, work) ?? options, label, definitions);
  });
}

function labelled(
  options: { kind: string },
  label: string | undefined,
  definitions: readonly ProtocolDefinition[],
): ResolvedProtocol {
  const definition = definitions.find(({ kind }) => kind === options.kind);
  return { ...options, label: label ?? definition?.label?.(options) ?? options.kind };
}
