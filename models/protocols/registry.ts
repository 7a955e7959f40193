/**
 * All protocols. The schema of scenarios, the commands, the worlds and the reports read this list and name no
 * protocol themselves; a new protocol is a folder beside this file and one line here.
 */
import type { ProtocolDefinition } from '../protocol.ts';
import { dualPipeV } from './dualpipe-v/definition.ts';
import { gpipe } from './gpipe/definition.ts';
import { oneForwardOneBackward } from './1f1b/definition.ts';
import { allReduce } from './all-reduce/definition.ts';
import { interleaved } from './interleaved-1f1b/definition.ts';
import { localSgd } from './local-sgd/definition.ts';
import { ringTmp } from './ring-tmp/definition.ts';
import { sequentialSgd } from './seq-sgd/definition.ts';
import { zeroBubble } from './zb1p/definition.ts';
import { pipeline } from './pipeline/definition.ts';
import {
  parameterServer,
  parameterServerAsp,
  parameterServerBsp,
} from './parameter-server/definition.ts';

export const PROTOCOLS: readonly ProtocolDefinition[] = [
  sequentialSgd,
  ringTmp,
  gpipe,
  oneForwardOneBackward,
  interleaved,
  zeroBubble,
  dualPipeV,
  pipeline,
  parameterServerBsp,
  parameterServerAsp,
  parameterServer,
  allReduce,
  localSgd,
];

/** The protocol of that kind, or undefined when there is none. */
export function protocolOf(kind: string): ProtocolDefinition | undefined {
  return PROTOCOLS.find((protocol) => protocol.kind === kind);
}
