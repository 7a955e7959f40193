/** The points of a study: which fields have which values in which run, in a fixed order. It runs nothing. */
import type { Cell } from '../../reports/studies/run-outcome.ts';
import type { Range, Settings, Values, Variant } from '../../scenarios/study.ts';
import { BadInput } from '../scenario/bad-input.ts';
import { show } from '../scenario/show.ts';
import type { ResolvedStudy } from './study-schema.ts';

/** One value of one axis, or of several that are paired. */
interface Step {
  readonly cells: Readonly<Record<string, Cell>>;
  readonly set: Settings;
}

/** One run: the values of all axes, and its seed. */
export interface Point extends Step {
  readonly seed: number;
}

/** More would not be waited for; and a mistyped range should not fill the memory. */
const MOST_POINTS = 100_000;

/**
 * All points, the last axis changing fastest, seeds fastest of all.
 * @throws BadInput when there are none, too many, or the same value twice
 */
export function pointsOf(study: ResolvedStudy): Point[] {
  const axes = axesOf(study);
  const seeds = seedsOf(study);
  const count = axes.reduce((product, axis) => product * axis.length, seeds.length);
  if (count > MOST_POINTS)
    throw new BadInput(
      `the study has ${count} runs; fewer values, for at most ${MOST_POINTS} runs, would be right`,
    );
  let steps: Step[] = [{ cells: {}, set: {} }];
  for (const axis of axes)
    steps = steps.flatMap((before) =>
      axis.map((step) => ({
        cells: { ...before.cells, ...step.cells },
        set: { ...before.set, ...step.set },
      })),
    );
  return steps.flatMap((step) => seeds.map((seed) => ({ ...step, seed })));
}

function axesOf({ vary = {}, paired, base }: ResolvedStudy): Step[][] {
  const crossed = Object.entries(vary).map(([name, values]) => stepsOf(name, values));
  const isVaried = 'protocol' in vary || (paired !== undefined && 'protocol' in paired);
  const protocols = base['protocol'];
  // The protocols of a scenario that lists several run one by one.
  if (!isVaried && Array.isArray(protocols)) crossed.push(stepsOf('protocol', protocols));
  else if (!isVaried) crossed.push([step('protocol', protocols)]);
  return paired ? [pairedSteps(paired), ...crossed] : crossed;
}

function stepsOf(name: string, values: Values): Step[] {
  const steps = (isRange(values) ? numbersIn(name, values) : values).map((value) =>
    step(name, value),
  );
  const seen = new Set<Cell>();
  for (const { cells } of steps) {
    if (seen.has(cells[name]))
      throw new BadInput(
        `vary.${name} has ${show(cells[name])} twice; values that differ, or have different names, would be right`,
      );
    seen.add(cells[name]);
  }
  return steps;
}

function pairedSteps(paired: Readonly<Record<string, readonly unknown[]>>): Step[] {
  const lists = Object.entries(paired);
  const [[first, { length }]] = lists.length > 0 ? lists : [['', []] as const];
  if (length === 0)
    throw new BadInput('paired is empty; fields with a list of values each would be right');
  for (const [name, list] of lists)
    if (list.length !== length)
      throw new BadInput(
        `paired.${name} is a list of ${list.length}, but paired.${first} of ${length}; equally long lists would be right`,
      );
  return Array.from({ length }, (_none, at) => {
    const steps = lists.map(([name, list]) => step(name, list[at]));
    return {
      cells: Object.assign({}, ...steps.map(({ cells }) => cells)) as Step['cells'],
      set: Object.assign({}, ...steps.map(({ set }) => set)) as Settings,
    };
  });
}

function isRange(values: Values): values is Range {
  return !Array.isArray(values);
}

function numbersIn(name: string, { from, to, by, times }: Range): number[] {
  const numbers: number[] = [];
  if (times !== undefined && from <= 0)
    throw new BadInput(`vary.${name}.from is ${from}; a number above 0 would be right with times`);
  for (let at = from; at <= to && numbers.length <= MOST_POINTS;) {
    numbers.push(at);
    at = by !== undefined ? from + by * numbers.length : at * times!;
  }
  if (numbers.length === 0)
    throw new BadInput(
      `vary.${name} is a range from ${from} to ${to}, which is empty; a larger end would be right`,
    );
  return numbers;
}

function step(name: string, value: unknown): Step {
  if (isVariant(value)) return { cells: { [name]: value.called }, set: value.set };
  return { cells: { [name]: cellOf(value) }, set: { [name]: value } };
}

function isVariant(value: unknown): value is Variant {
  return value !== null && typeof value === 'object' && 'called' in value && 'set' in value;
}

/** A protocol by its label or kind, other objects and lists as JSON. */
function cellOf(value: unknown): Cell {
  if (value === null || value === undefined) return null;
  if (typeof value !== 'object') return value as Cell;
  const { label, kind } = value as { label?: unknown; kind?: unknown };
  const name = label ?? kind;
  return typeof name === 'string' ? name : JSON.stringify(value);
}

function seedsOf({ repeat, base }: ResolvedStudy): readonly number[] {
  const own = typeof base['seed'] === 'number' ? base['seed'] : 1;
  const seeds =
    typeof repeat === 'object'
      ? repeat
      : Array.from({ length: repeat ?? 1 }, (_none, more) => own + more);
  const twice = seeds.find((seed, at) => seeds.indexOf(seed) !== at);
  if (twice !== undefined)
    throw new BadInput(`repeat has the seed ${twice} twice; seeds that differ would be right`);
  return seeds;
}
