/** What the process that conducts a run and a host say to each other, after the hello. Plain data only. */
import type { NodeId } from '../../../engine/world.ts';
import type { FromStation, StationSetup, ToStation } from '../stations/station-messages.ts';
import { WireError, type WireReader, WireWriter } from '../wire/codec.ts';
import { frameOf } from '../wire/frames.ts';

/** Where stations do not share the clock of the conductor: time 0 of the run on the clock of the host. */
export interface StartHere {
  readonly kind: 'startHere';
  readonly originNs: number;
}

export type ToHost =
  /** Asks for its clock. */
  | { kind: 'clock' }
  /** The work of all nodes, and the address of the host of each; the first message but for `clock`. */
  | { kind: 'work'; work: unknown; addresses: string[] }
  | { kind: 'place'; setup: StationSetup }
  | { kind: 'to'; node: NodeId; message: ToStation | StartHere }
  /** Ends the node; `ended` follows. */
  | { kind: 'end'; node: NodeId }
  /** Said now and then, so that a silence is a failure. */
  | { kind: 'alive' };

export type FromHost =
  | { kind: 'welcome' }
  | { kind: 'refused'; why: string }
  | { kind: 'clock'; timeNs: number }
  | { kind: 'from'; node: NodeId; message: FromStation }
  | { kind: 'ended'; node: NodeId }
  | { kind: 'alive' };

/** How often each side says that it is there. */
export const ALIVE_MS = 1000;

export function controlFrame(message: ToHost | FromHost): Uint8Array[] {
  return frameOf(new WireWriter().value(message));
}

/**
 * Who speaks has the key of the cluster, and is of the same version: the kind alone is looked at.
 * @throws WireError
 */
export function readControl<Message extends ToHost | FromHost>(reader: WireReader): Message {
  const message = reader.value();
  reader.end();
  if (typeof message !== 'object' || message === null || !('kind' in message))
    throw new WireError('the content is no message: it has no kind');
  return message as Message;
}
