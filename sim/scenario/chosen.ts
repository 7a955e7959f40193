/** The definition and the options of a protocol that a scenario names. */
import { protocolOf } from '../../models/protocols/registry.ts';
import type { ResolvedProtocol } from './resolved.ts';

/** @throws when there is none of that kind, which a resolved scenario never names */
export function chosen(protocol: ResolvedProtocol) {
  const named = Object.entries(protocol).filter(([name]) => name !== 'label');
  const options = Object.fromEntries(named) as { kind: string };
  const definition = protocolOf(options.kind);
  if (!definition) throw new Error(`no protocol is of kind '${options.kind}'`);
  return { definition, options };
}
