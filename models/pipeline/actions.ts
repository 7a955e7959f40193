/**
 * One action of a written schedule, and its text form, which is PyTorch's: `2F3` is the forward of micro-batch 3
 * through stage 2, `I` its input gradient, `W` its weight gradient, `B` both at once (PROTOCOLS H).
 */

export const ACTION_PASSES = {
  F: 'forward',
  I: 'input-gradient',
  W: 'weight-gradient',
  B: 'backward',
} as const;

export interface Action {
  readonly stage: number;
  readonly pass: (typeof ACTION_PASSES)[keyof typeof ACTION_PASSES];
  readonly microBatch: number;
}

/** Characters of what is no action that are said again: a file that is no table may hold anything. */
const SHOWN = 16;

/** @throws SyntaxError with what was given and what would be right */
export function parseAction(text: string): Action {
  const parts = /^(\d+)([FIWB])(\d+)$/.exec(text.trim());
  if (parts === null)
    throw new SyntaxError(
      `'${text.slice(0, SHOWN)}' is no action of a schedule; such as '2F3' would be right`,
    );
  const [, stage, letter, microBatch] = parts;
  const pass = ACTION_PASSES[letter as keyof typeof ACTION_PASSES];
  return { stage: Number(stage), pass, microBatch: Number(microBatch) };
}

/** The inverse of `parseAction`. */
export function printAction({ stage, pass, microBatch }: Action): string {
  const [letter] = Object.entries(ACTION_PASSES).find(([, name]) => name === pass)!;
  return `${stage}${letter}${microBatch}`;
}
