/** Runs a scenario's first protocol, and says why its nodes wait. */
import type { PathRecord } from '../../../models/observers/path/critical-path.ts';
import { CAUSES, type Cause, type WaitRecord } from '../../../models/observers/waiting/causes.ts';
import type { RunResult } from '../../../engine/result.ts';
import type { Scenario } from '../../../scenarios/scenario.ts';
import { dataOf, simulate } from '../../../sim/assemble.ts';
import { resolveScenario } from '../../../sim/scenario/resolve.ts';

/** Runs with more events are cut short. */
const MOST_EVENTS = 400_000;
const SLICE = 20_000;

export interface Explained {
  readonly result: RunResult;
  readonly waits: WaitRecord;
  readonly path: PathRecord;
}

/** The digest of the run without anybody who asks. */
export async function digestOf(written: Scenario): Promise<string> {
  const { scenario } = await resolveScenario(written);
  const { simulation } = simulate(scenario, 0, dataOf(scenario));
  while (simulation.run(SLICE)) if (simulation.events > MOST_EVENTS) simulation.stop('interrupted');
  return simulation.result().digest;
}

export async function explained(written: Scenario): Promise<Explained> {
  const { scenario } = await resolveScenario(written);
  const { simulation, explainer } = simulate(scenario, 0, dataOf(scenario), { explains: true });
  while (simulation.run(SLICE)) if (simulation.events > MOST_EVENTS) simulation.stop('interrupted');
  const result = simulation.result();
  return { result, ...explainer!.explain(result) };
}

/** How much of all waiting each cause has. */
export function sharesOf({ waits: { causes } }: Explained): Record<Cause, number> {
  const sum = (cause: Cause) => causes[cause].reduce((all, ns) => all + ns, 0);
  const all = CAUSES.reduce((ns, cause) => ns + sum(cause), 0);
  return Object.fromEntries(CAUSES.map((cause) => [cause, sum(cause) / all])) as Record<
    Cause,
    number
  >;
}

/** Nanoseconds of a cause at each place, as `node 3` or `link 5`. */
export function placesOf({ waits: { blames } }: Explained, cause: Cause): Map<string, number> {
  const places = new Map<string, number>();
  for (const { cause: its, place, ns } of blames) {
    if (its !== cause) continue;
    const name =
      place === null ? 'unknown' : 'node' in place ? `node ${place.node}` : `link ${place.link}`;
    places.set(name, (places.get(name) ?? 0) + ns);
  }
  return places;
}

/** The place with most of a cause, and its share of it. */
export function mostlyAt(run: Explained, cause: Cause): { place: string; share: number } {
  const places = [...placesOf(run, cause)].sort(([, one], [, other]) => other - one);
  const all = places.reduce((ns, [, its]) => ns + its, 0);
  return { place: places[0][0], share: places[0][1] / all };
}
