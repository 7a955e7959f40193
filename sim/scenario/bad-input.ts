/** What a person typed that cannot be run. Knows nothing of how it was found: it carries one clear sentence. */
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

/** The same for an error of the models, which know fields by their path but no file. Others pass through. */
export function asBadInput(error: unknown): unknown {
  if (!(error instanceof ScenarioError)) return error;
  const named = error.message.startsWith(error.path) || error.path === '';
  return new BadInput(named ? error.message : `${error.path}: ${error.message}`);
}

/** Runs `make`; what the models object to in the scenario becomes a BadInput. */
export function refusing<T>(make: () => T): T {
  try {
    return make();
  } catch (error) {
    throw asBadInput(error);
  }
}
