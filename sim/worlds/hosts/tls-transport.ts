/** Connections between the stations of several hosts, over TLS: each node is reached at the address of its host. */
import type { NodeId } from '../../../engine/world.ts';
import { FramedSocket } from '../stations/framed-socket.ts';
import { type Caller, LONGEST_BYTES, type Transport } from '../stations/transport.ts';
import type { Address } from './addresses.ts';
import { helloFrame, type RunMark } from './hello.ts';
import type { Keys } from './keys.ts';
import { connectMember } from './members.ts';

/** What all nodes of a run on one host have in common. */
export interface Cluster {
  readonly keys: Keys;
  readonly mark: RunMark;
  /** Of the host of each node. */
  readonly addresses: readonly Address[];
}

export class TlsTransport implements Transport {
  private readonly cluster: Cluster;
  private readonly self: NodeId;
  private readonly incarnation: number;
  private called: ((socket: FramedSocket, caller: Caller) => void) | null = null;

  constructor(cluster: Cluster, self: NodeId, incarnation: number) {
    this.cluster = cluster;
    this.self = self;
    this.incarnation = incarnation;
  }

  /** The host listens: it hands over what is for this incarnation. */
  listen(called: (socket: FramedSocket, caller: Caller) => void): Promise<void> {
    this.called = called;
    return Promise.resolve();
  }

  /** A connection that the host has got for that incarnation of the node; false if nobody is there for it. */
  enter(incarnation: number, socket: FramedSocket, caller: Caller): boolean {
    if (this.called === null || incarnation !== this.incarnation) return false;
    this.called(socket, caller);
    return true;
  }

  connect(peer: NodeId, incarnation: number): FramedSocket {
    const { keys, mark, addresses } = this.cluster;
    const tls = connectMember(keys, addresses[peer], () => {
      const from = { from: this.self, fromIncarnation: this.incarnation };
      const to = { to: peer, toIncarnation: incarnation };
      socket.open(helloFrame(tls, { kind: 'peer', ...mark, ...from, ...to }));
    });
    const socket = new FramedSocket(tls, LONGEST_BYTES, false);
    return socket;
  }

  close(): void {
    this.called = null;
  }
}
