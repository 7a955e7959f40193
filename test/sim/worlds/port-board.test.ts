/** What a node on a thread makes of what the main thread tells it; the test plays the main thread. */
import { once } from 'node:events';
import { MessageChannel } from 'node:worker_threads';
import t from 'tap';
import type { Message, Node, World } from '../../../engine/world.ts';
import { PortBoard } from '../../../sim/worlds/threads/port-board.ts';
import { RealNode } from '../../../sim/worlds/real-node.ts';
import { boardMemory, SharedBoard } from '../../../sim/worlds/real/shared-board.ts';
import type { FromThread, ToThread } from '../../../sim/worlds/threads/thread-messages.ts';

const SETUP = {
  node: 0,
  incarnation: 0,
  nodeCount: 2,
  seed: 5,
  memoryBytes: Infinity,
  canFail: true,
  storage: null,
  shape: null,
  traceLimit: null,
  disk: { read: () => null, write: () => true },
};

/** Watches node 1 and calls it, once more when it suspects it. */
class Caller implements Node {
  readonly phase = 'calling';
  readonly finished = false;
  private readonly world: World;
  constructor(world: World) {
    this.world = world;
  }
  start(): void {
    this.world.watch(1);
    this.call();
  }
  suspected(peer: number): void {
    this.world.note('log', { text: `suspected ${peer}` });
    this.call();
  }
  receive(): void {}
  computed(): void {}
  woken(): void {}
  waitsFor(): string {
    return 'an answer';
  }
  private call(): void {
    this.world.send(1, { kind: 'call' } as Message, 0);
  }
}

t.test(
  'whoever watches a peer that returns suspects it before it can send to its next incarnation (C)',
  async (t) => {
    const { port1, port2 } = new MessageChannel();
    const said: FromThread[] = [];
    port2.on('message', (message: FromThread) => said.push(message));
    const board = new PortBoard(new SharedBoard(boardMemory(2)), 0, [0, 0], port1);
    new RealNode(SETUP, board.mail, board, (world) => new Caller(world));
    const tell = (message: ToThread): void => port2.postMessage(message);
    tell({ kind: 'start', origin: process.hrtime.bigint() });
    // That node 0 watches it the main thread need not have heard.
    tell({ kind: 'returned', peer: 1, incarnation: 1 });
    while (said.filter(({ kind }) => kind === 'connect').length < 2) await once(port2, 'message');
    t.match(said, [
      { kind: 'ready' },
      { kind: 'watch', peer: 1 },
      { kind: 'connect', peer: 1, incarnation: 0 },
      { kind: 'note', value: { text: 'suspected 1' } },
      { kind: 'connect', peer: 1, incarnation: 1 },
    ]);
    t.equal(said.length, 5);
    for (const message of said) if (message.kind === 'connect') message.port.close();
    port2.close();
  },
);
