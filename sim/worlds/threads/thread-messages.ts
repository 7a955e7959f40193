/** Messages between the main thread of a process and the threads of its nodes. Plain data and ports only. */
import type { MessagePort } from 'node:worker_threads';
import type { NodeId } from '../../../engine/world.ts';
import type { FromNode, ToNode } from '../board.ts';

/** Commands to any node; and a connection that another node has made. */
export type ToThread = ToNode | { kind: 'connect'; peer: NodeId; port: MessagePort };

/** Reports of any node; and the other end of a connection to that incarnation of a peer, as far as the node knows. */
export type FromThread =
  FromNode | { kind: 'connect'; peer: NodeId; incarnation: number; port: MessagePort };
