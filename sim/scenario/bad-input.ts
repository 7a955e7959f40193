/**
 * Input of a person that cannot be run. It carries one clear sentence, and knows nothing of how the problem was
 * found.
 */
import { ScenarioError } from '../../models/protocol.ts';
import { plainLine } from '../plain-text.ts';

/**
 * Bad input, in one sentence: where (the field's path or the option), what was given, what would be right. The
 * commands print it on stderr, write nothing and exit with status 2. It is one line, without control characters.
 */
export class BadInput extends Error {
  constructor(sentence: string) {
    super(plainLine(sentence));
    this.name = 'BadInput';
  }
}

/**
 * Turns a ScenarioError of the models, which know fields by their path but no file, into a BadInput. Other errors
 * pass through.
 */
function asBadInput(error: unknown): unknown {
  if (!(error instanceof ScenarioError)) return error;
  const named = error.message.startsWith(error.path) || error.path === '';
  return new BadInput(named ? error.message : `${error.path}: ${error.message}`);
}

/** Runs `make`; a ScenarioError in it becomes a BadInput. */
export function refusing<T>(make: () => T): T {
  try {
    return make();
  } catch (error) {
    throw asBadInput(error);
  }
}
