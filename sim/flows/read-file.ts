/** Reads and checks a file of transfers; what is wrong with it becomes one sentence. */
import { z } from 'zod';
import { BadInput } from '../scenario/bad-input.ts';
import { explain, rightWords } from '../scenario/schema/explain.ts';
import { readJson } from '../scenario/read-json.ts';
import {
  ringSchema,
  serverSchema,
  transferSchema,
  type RingFile,
  type ServerFile,
  type TransferFile,
} from './schema.ts';

export type FlowsFile = { given: Record<string, unknown> } & (
  | { shape: 'transfers'; file: TransferFile }
  | { shape: 'ring'; file: RingFile }
  | { shape: 'server'; file: ServerFile }
);

const RIGHT = 'a JSON object with hosts, links, routes and flows, or with parameters of rounds,';

/**
 * The file at `path`, as given and as checked.
 * @throws BadInput when it cannot be read or does not say what is to be played
 */
export function readFlowsFile(path: string): FlowsFile {
  const given = readJson(path, RIGHT);
  if (given === null || typeof given !== 'object' || Array.isArray(given))
    throw new BadInput(`${path} holds no object; ${RIGHT} would be right`);
  const fields = given as Record<string, unknown>;
  if ('flows' in fields || 'routes' in fields) {
    const file = check(path, transferSchema, given);
    return { given: fields, shape: 'transfers', file };
  }
  if (!('parameters' in fields))
    throw new BadInput(`${path} has neither flows nor parameters; ${RIGHT} would be right`);
  if ('workerBandwidthBytesPerSecond' in fields) {
    const file = check(path, serverSchema, given);
    sameLength(path, 'computeFlopsPerRound', file.computeFlopsPerRound, file.parameters.hosts);
    const bandwidths = file.workerBandwidthBytesPerSecond;
    sameLength(path, 'workerBandwidthBytesPerSecond', bandwidths, file.parameters.hosts);
    return { given: fields, shape: 'server', file };
  }
  const file = check(path, ringSchema, given);
  sameLength(path, 'computeFlopsPerRound', file.computeFlopsPerRound, file.parameters.hosts);
  if (file.parameters.hosts < 2)
    throw new BadInput(`${path}: parameters.hosts is 1; a ring of at least 2 would be right`);
  return { given: fields, shape: 'ring', file };
}

function check<Schema extends z.ZodType>(
  path: string,
  schema: Schema,
  given: unknown,
): z.output<Schema> {
  const parsed = schema.safeParse(given, { error: rightWords });
  if (parsed.success) return parsed.data;
  throw new BadInput(`${path}: ${explain(parsed.error.issues, given)}`);
}

function sameLength(path: string, field: string, list: readonly number[], hosts: number): void {
  if (list.length !== hosts)
    throw new BadInput(
      `${path}: ${field} has ${list.length} entries; one for each of the ${hosts} hosts would be right`,
    );
}
