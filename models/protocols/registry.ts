/**
 * Every protocol there is. The schema of scenarios, the commands, the worlds and the reports read this list and
 * name no protocol themselves; a new protocol is a folder beside this file and one line here.
 */
import type { ProtocolDefinition } from '../protocol.ts';
import { gpipe } from './gpipe/definition.ts';
import { oneForwardOneBackward } from './1f1b/definition.ts';
import { ringTmp } from './ring-tmp/definition.ts';
import { sequentialSgd } from './seq-sgd/definition.ts';
import { parameterServerAsp, parameterServerBsp } from './parameter-server/definition.ts';

const ALL = [
  sequentialSgd,
  ringTmp,
  gpipe,
  oneForwardOneBackward,
  parameterServerBsp,
  parameterServerAsp,
] as const;

export const PROTOCOLS: readonly ProtocolDefinition[] = ALL;

/** Every part that a node of some protocol plays. */
export type Role = ReturnType<(typeof ALL)[number]['plan']>['roles'][number];

/** The protocol of that kind, or undefined when there is none. */
export function protocolOf(kind: string): ProtocolDefinition | undefined {
  return PROTOCOLS.find((protocol) => protocol.kind === kind);
}
