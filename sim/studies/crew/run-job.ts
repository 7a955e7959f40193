/** Runs one job of a study, from start to end, in whatever thread it is called. */
import type { RunFailure } from '../../../engine/result.ts';
import type { IterationRecord } from '../../../models/observers/training-record.ts';
import { PROTOCOLS } from '../../../models/protocols/registry.ts';
import type { DataSplit } from '../../../models/spec/data.ts';
import type { Summary } from '../../../reports/summary.ts';
import type { Search } from '../../../scenarios/study.ts';
import { assignmentOf, dataOf, simulate } from '../../assemble.ts';
import { resultsOf } from '../../output/results.ts';
import { versions } from '../../output/versions.ts';
import { BadInput } from '../../scenario/bad-input.ts';
import { resolveScenario } from '../../scenario/resolve.ts';
import type { ResolvedScenario } from '../../scenario/resolved.ts';
import { checkSize } from '../../scenario/size.ts';
import { ProtocolWatch } from '../../worlds/protocol-watch.ts';
import { sharedState } from '../../worlds/simulated-shared.ts';
import { Stopwatch } from '../../worlds/stopwatch.ts';
import { withNumber, type Job } from '../jobs.ts';
import type { Curve, Found, RunOutcome } from '../../../reports/studies/run-outcome.ts';
import { modelParameters } from './parameters.ts';

/** Points of a curve, at most: more than a picture shows. */
const CURVE_POINTS = 150;
const SLICE_EVENTS = 1_000_000;

interface Ran {
  readonly summary: Summary;
  readonly failure: RunFailure | null;
  readonly roles: readonly string[];
  readonly iterations: readonly IterationRecord[];
}

let loaded: { readonly name: string; readonly data: DataSplit | null } | null = null;

/** Runs of a study mostly share their data. */
function dataFor(scenario: ResolvedScenario): DataSplit | null {
  const { data, model, seed, training } = scenario;
  const name = JSON.stringify([data, model, seed, training.numerics]);
  if (loaded?.name !== name) loaded = { name, data: dataOf(scenario) };
  return loaded.data;
}

/**
 * Runs the first protocol of a scenario.
 * @throws BadInput when it cannot be run
 */
function run(scenario: ResolvedScenario): Ran {
  checkSize(scenario);
  const data = dataFor(scenario);
  const { detector } = assignmentOf(scenario, 0, data);
  const watch = new ProtocolWatch(scenario, 0, detector, sharedState(scenario.cluster.nodes));
  const { observers } = watch;
  const extras = { observers, explains: true };
  const { simulation, log, plan, explainer } = simulate(scenario, 0, data, extras);
  watch.begin({ run: simulation, log, roles: plan.roles });
  const stopwatch = new Stopwatch();
  while (simulation.run(SLICE_EVENTS));
  const result = simulation.result();
  const explanation = explainer?.explain(result);
  const record = { ...watch.record(result, stopwatch.seconds), explanation, trace: null };
  const [summary] = resultsOf(scenario, 'simulated', [record]).summaries;
  const { failure } = result;
  return { summary, failure, roles: plan.roles, iterations: record.training.iterations };
}

/** Runs a job; what cannot be run comes back as refused. */
export async function runJob(job: Job): Promise<RunOutcome> {
  const nothing = { summary: null, refused: job.refused, curve: null, found: null };
  const outcome: RunOutcome = { key: job.key, ...nothing, ...versions() };
  if (job.scenario === null) return outcome;
  try {
    if (job.search) return { ...outcome, ...(await search(job, job.search)) };
    const { summary, iterations } = run(job.scenario);
    return { ...outcome, summary, curve: job.curves ? curveOf(iterations) : null };
  } catch (error) {
    if (!(error instanceof BadInput)) throw error;
    return { ...outcome, refused: error.message };
  }
}

/** The largest number that ends well, by bisection: what ends well with a number does so with every smaller one. */
async function search(job: Job, spec: Search): Promise<Pick<RunOutcome, 'summary' | 'found'>> {
  const attempt = async (number: number): Promise<Attempt> => {
    const written = withNumber(job.written, number);
    const { scenario } = await resolveScenario(written, PROTOCOLS, job.folder);
    try {
      const ran = run(scenario);
      return { number, ran, parameters: modelParameters(scenario), sentence: ran.summary.failure };
    } catch (error) {
      if (!(error instanceof BadInput)) throw error;
      return { number, ran: null, parameters: null, sentence: error.message };
    }
  };
  let best: Attempt | null = null;
  let worst: Attempt | null = null;
  // Doubles until something fails: a study does not know how far it will get, and large runs are slow.
  for (let number = spec.from; worst === null; number = Math.min(spec.to, 2 * number)) {
    const tried = await attempt(number);
    if (endedWell(tried)) best = tried;
    else worst = tried;
    if (number === spec.to) break;
  }
  while (best !== null && worst !== null && worst.number - best.number > 1) {
    const tried = await attempt(Math.floor((best.number + worst.number) / 2));
    if (endedWell(tried)) best = tried;
    else worst = tried;
  }
  return { summary: (best ?? worst)?.ran?.summary ?? null, found: foundOf(best, worst) };
}

interface Attempt {
  readonly number: number;
  readonly ran: Ran | null;
  readonly parameters: number | null;
  readonly sentence: string | null;
}

function endedWell({ ran }: Attempt): boolean {
  return ran !== null && ran.failure === null;
}

function foundOf(best: Attempt | null, worst: Attempt | null): Found {
  const failure = worst?.ran?.failure ?? null;
  const memory = failure?.kind === 'out-of-memory' ? failure : null;
  const items = Object.entries(memory?.ledger ?? {}).sort(([, a], [, b]) => b - a);
  return {
    number: best?.number ?? null,
    parameters: best?.parameters ?? null,
    isOpen: worst === null,
    limit: worst?.sentence?.split('\n')[0] ?? null,
    limitNode: memory?.node ?? null,
    limitRole: memory ? worst!.ran!.roles[memory.node] : null,
    limitItem: items[0]?.[0] ?? null,
  };
}

function curveOf(rows: readonly IterationRecord[]): Curve {
  const every = Math.max(1, Math.ceil(rows.length / CURVE_POINTS));
  const kept = rows.filter((_row, at) => at % every === every - 1 || at === 0);
  return {
    iterations: kept.map(({ iteration }) => iteration + 1),
    samples: kept.map(({ samples }) => samples),
    seconds: kept.map(({ timeNs }) => timeNs / 1e9),
    losses: kept.map(({ loss }) => (Number.isFinite(loss) ? loss : null)),
  };
}
