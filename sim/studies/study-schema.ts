/** What a study may hold (docs/study.md). Its scenario is validated run by run, with the fields that vary set. */
import { z } from 'zod';
import { isFigurePath } from '../../reports/summary-shape.ts';
import type { Search, Study } from '../../scenarios/study.ts';
import { BadInput } from '../scenario/bad-input.ts';
import { explain, rightWords } from '../scenario/schema/explain.ts';
import { text, whole, word } from '../scenario/schema/fields.ts';
import { show } from '../scenario/show.ts';

/** Measured where a study does not say what. */
export const DEFAULT_MEASURES: readonly string[] = [
  'time.modelledSeconds',
  'training.iterations',
  'training.iterationSeconds',
  'training.samplesPerSecond',
  'training.finalLoss',
  'training.finalTestLoss',
  'training.finalAccuracy',
  'waiting.mean',
  'waiting.max',
  'accounting.busy.mean',
  'accounting.redo.mean',
  'accounting.comm.mean',
  'accounting.idle.mean',
  'accounting.down.mean',
  'network.bytes',
  'network.bytesPerNodeMax',
  'memory.peakBytesMax',
];

const EXPERIMENTS = ['idle', 'progress', 'scaling', 'resilience', 'capacity'] as const;

/** A study with its defaults filled. */
export interface ResolvedStudy extends Omit<Study, 'small' | 'base' | 'measure'> {
  readonly base: Record<string, unknown>;
  readonly measure: readonly string[];
}

const settings = () => z.record(z.string(), z.unknown());

function values() {
  const right = 'a list of values, or a range such as { from: 4, to: 64, times: 2 }';
  const number = () => z.number({ error: 'a number' });
  const range = z
    .strictObject({
      from: number(),
      to: number(),
      by: number().positive({ error: 'a number above 0' }).optional(),
      times: number().gt(1, { error: 'a number above 1' }).optional(),
    })
    .refine(({ by, times }) => (by === undefined) !== (times === undefined), {
      error: 'a range with either by or times',
    });
  return z.union([z.array(z.unknown()).min(1, { error: 'a list of at least one value' }), range], {
    error: right,
  });
}

function fields() {
  return {
    question: text().optional(),
    experiment: word(EXPERIMENTS).optional(),
    subject: text().optional(),
    base: settings(),
    vary: z.record(z.string(), values()).optional(),
    paired: z
      .record(z.string(), z.array(z.unknown()).min(1, { error: 'a list of at least one value' }))
      .optional(),
    repeat: z
      .union([whole(1), z.array(whole(0)).min(1)], {
        error: 'how many seeds, or a list of at least one seed,',
      })
      .optional(),
    measure: z.array(text()).min(1, { error: 'a list of at least one path' }).optional(),
    curves: z.boolean({ error: 'true or false' }).optional(),
    search: z.strictObject({ called: text(), from: whole(1), to: whole(1) }).optional(),
  };
}

const STUDY = z.strictObject({
  name: text().regex(/^[A-Za-z0-9][A-Za-z0-9._-]*$/, {
    error: "a name of letters, digits, '-', '_' and '.'",
  }),
  ...fields(),
  small: z.strictObject(fields()).partial().optional(),
});

/**
 * Validates a study and fills its defaults.
 * @param isSmall whether what `small` says replaces what stands beside it
 * @throws BadInput with one sentence for the first thing that is wrong
 */
export function resolveStudy(written: unknown, isSmall: boolean): ResolvedStudy {
  const parsed = STUDY.safeParse(written, { error: rightWords });
  if (!parsed.success)
    throw new BadInput(explain(parsed.error.issues, written).replace('the scenario', 'the study'));
  const { small, ...large } = parsed.data;
  const study = { ...large, ...(isSmall ? small : {}) };
  const { measure = DEFAULT_MEASURES } = study;
  const unknown = measure.find((path) => !isFigurePath(path));
  if (unknown !== undefined)
    throw new BadInput(
      `measure names ${show(unknown)}, which no summary has; a figure of summary.json such as ` +
        "'waiting.mean' would be right",
    );
  if (study.search) checkSearch(study.search);
  return { ...study, measure };
}

function checkSearch({ from, to }: Search): void {
  if (to < from)
    throw new BadInput(`search.to is ${to}; a whole number of at least ${from} would be right`);
}
