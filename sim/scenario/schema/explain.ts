/**
 * Turns the issues of the schema into one sentence: the field's path, what was given, what would be right. Of several
 * issues one is reported: a mistyped field name first, because it explains a missing field.
 */
import { z } from 'zod';
import { nearest, oneOf, show, showPath } from '../show.ts';

type Issue = z.core.$ZodIssue;

/**
 * The words for what would be right, for fields without their own (options of protocols): the error map of every
 * parse. For unknown fields it lists the known ones, which `explain` takes apart again.
 */
export function rightWords(issue: z.core.$ZodRawIssue): string {
  switch (issue.code) {
    case 'unrecognized_keys': {
      const definition = issue.inst?._zod.def as { shape?: object } | undefined;
      return Object.keys(definition?.shape ?? {}).join(', ');
    }
    case 'invalid_type':
      return typeWords(String(issue.expected));
    case 'invalid_value':
      return oneOf(issue.values as unknown[]);
    case 'too_small':
      return `a ${countWord(issue.origin)}${issue.inclusive ? 'of at least' : 'greater than'} ${String(issue.minimum)}`;
    case 'too_big':
      return `a ${countWord(issue.origin)}${issue.inclusive ? 'of at most' : 'less than'} ${String(issue.maximum)}`;
    case 'invalid_union':
      return Array.isArray(issue.options) ? oneOf(issue.options) : '';
    default:
      return 'another value';
  }
}

function countWord(origin: unknown): string {
  if (origin === 'array') return 'list with a length ';
  return origin === 'number' || origin === 'int' ? 'number ' : `${String(origin)} with a length `;
}

function typeWords(expected: string): string {
  if (expected === 'int') return 'a whole number';
  if (expected === 'array') return 'a list';
  if (expected === 'boolean') return 'true or false';
  return `${/^[aeio]/.test(expected) ? 'an' : 'a'} ${expected}`;
}

/**
 * One sentence for a refused scenario.
 * @param issues what the schema objects to, at least one
 * @param input the scenario as it was given
 */
export function explain(issues: readonly Issue[], input: unknown): string {
  const flat = issues.map((issue) => resolveUnion(issue, input));
  const typo = flat.find((issue) => issue.code === 'unrecognized_keys');
  const issue = typo ?? flat[0];
  if (issue.code === 'unrecognized_keys') return explainUnknown(issue);
  const where = showPath(issue.path);
  const given = at(input, issue.path);
  const fault = issue.code === 'custom' ? (issue.params?.fault as string | null) : null;
  const guess =
    issue.code === 'invalid_union' || issue.code === 'invalid_value'
      ? suggestion(issue, given)
      : '';
  const said = fault ? `is ${show(given)}, which ${fault}` : `is ${show(given)}`;
  return `${where} ${said}; ${issue.message} would be right${guess}`;
}

function explainUnknown(issue: Issue & { keys: string[] }): string {
  // A schema says why a removed field is gone.
  const gone = issue.keys.find((each) => issue.message.startsWith(`${each} is gone`));
  if (gone !== undefined)
    return `${showPath([...issue.path, gone])}${issue.message.slice(gone.length)}`;
  const [key] = issue.keys;
  const known = issue.message.split(', ');
  const near = nearest(key, known);
  const right = near || known.length === 1 ? `'${near ?? known[0]}'` : `one of ${known.join(', ')}`;
  return `${showPath([...issue.path, key])} is no field that is known there; ${right} would be right`;
}

function suggestion(issue: Issue, given: unknown): string {
  if (typeof given !== 'string') return '';
  const { options, values } = issue as { options?: unknown[]; values?: unknown[] };
  const choices = options ?? values ?? [];
  const near = nearest(
    given,
    choices.filter((choice) => typeof choice === 'string'),
  );
  return near ? ` (did you mean '${near}'?)` : '';
}

/** Of a union, the branch that the value was meant for: one that did not refuse the value itself. */
function resolveUnion(issue: Issue, input: unknown): Issue {
  if (issue.code !== 'invalid_union' || issue.errors.length === 0) return issue;
  const value = at(input, issue.path);
  const branches = issue.errors as Issue[][];
  const fitting = branches.filter((branch) => !branch.some((inner) => refusesWhole(inner, value)));
  // Of several object branches, the one with no missing field: { trace: 5 } is a trace, not a fault without a kind.
  const meant =
    fitting.find((branch) => !branch.some((inner) => misses(inner, value))) ?? fitting[0];
  if (meant === undefined) {
    const words = branches.flat().map((inner) => inner.message);
    return { ...issue, message: issue.message || [...new Set(words)].join(' or ') };
  }
  const clash = clashOf(fitting);
  if (clash !== null && !meant.some((inner) => misses(inner, value)))
    return { ...issue, errors: [], message: `${clash.join(' or ')}, but not both,` };
  const inner = meant.find(({ code }) => code === 'unrecognized_keys') ?? meant[0];
  // No other word of a branch would be all that is right: the union says the whole.
  if (issue.message && inner.code === 'invalid_value' && inner.path.length === 0)
    return {
      ...inner,
      path: issue.path,
      message: issue.message,
      values: branches.flat().flatMap(wordsOf),
    };
  return resolveUnion({ ...inner, path: [...issue.path, ...inner.path] }, input);
}

/**
 * Fields of different branches that exclude each other; null where some branch knows them all, or none knows one of
 * them.
 */
function clashOf(branches: readonly Issue[][]): string[] | null {
  const unknown = branches.map((branch) =>
    branch.flatMap((inner) => (inner.code === 'unrecognized_keys' ? inner.keys : [])),
  );
  const isTypo = unknown[0]?.some((key) => unknown.every((keys) => keys.includes(key)));
  if (unknown.length < 2 || isTypo || unknown.some((keys) => keys.length === 0)) return null;
  return [...new Set(unknown.map(([key]) => key))];
}

/** The words that would have been right. */
function wordsOf(issue: Issue): z.core.$ZodIssueInvalidValue['values'] {
  return issue.code === 'invalid_value' ? issue.values : [];
}

function refusesWhole(issue: Issue, value: unknown): boolean {
  if (issue.path.length > 0) return false;
  const isObject = value !== null && typeof value === 'object';
  return issue.code === 'invalid_type' || (issue.code === 'invalid_value' && isObject);
}

function misses(issue: Issue, value: unknown): boolean {
  return issue.path.length === 1 && at(value, issue.path) === undefined;
}

/** The value at a path, undefined where there is none. */
export function at(value: unknown, path: readonly PropertyKey[]): unknown {
  let found = value;
  for (const step of path) {
    if (found === null || typeof found !== 'object') return undefined;
    found = (found as Record<PropertyKey, unknown>)[step];
  }
  return found;
}
