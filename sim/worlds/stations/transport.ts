/** How the stations of a run reach each other: the seam between UNIX sockets and TLS. */
import type { NodeId } from '../../../engine/world.ts';
import type { FramedSocket } from './framed-socket.ts';

/** Who has called: that incarnation of that node. */
export interface Caller {
  readonly peer: NodeId;
  readonly incarnation: number;
}

/** What one incarnation of a node is reached by, and reaches others by. */
export interface Transport {
  /** Resolves when others can connect. Each connection comes once its caller has said who it is. */
  listen(called: (socket: FramedSocket, caller: Caller) => void): Promise<void>;
  /** Begins a connection to that incarnation of a peer; what is written at once follows. */
  connect(peer: NodeId, incarnation: number): FramedSocket;
  /** Nobody can connect any more. Connections stay. */
  close(): void;
}

/** The longest message between nodes. */
export const LONGEST_BYTES = 2 ** 30;
