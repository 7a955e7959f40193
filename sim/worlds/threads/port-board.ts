/** The board of a node on a thread: figures on shared memory, the rest over the port to the main thread. */
import { receiveMessageOnPort, type MessagePort } from 'node:worker_threads';
import type { NodeId } from '../../../engine/world.ts';
import type { Board, FromNode, ToNode } from '../board.ts';
import { PortMail } from './port-mail.ts';
import { NodeFigures } from '../real/node-figures.ts';
import type { SharedBoard } from '../real/shared-board.ts';
import type { FromThread, ToThread } from './thread-messages.ts';

export class PortBoard extends NodeFigures implements Board {
  /** New connections come over the same port, in order with the news of other nodes' incarnations. */
  readonly mail: PortMail;
  private readonly main: MessagePort;
  private control: (message: ToNode) => void = () => {};

  constructor(
    board: SharedBoard,
    node: NodeId,
    incarnations: readonly number[],
    main: MessagePort,
  ) {
    super(board, node);
    this.main = main;
    this.mail = new PortMail(incarnations, (peer, incarnation, port) =>
      main.postMessage({ kind: 'connect', peer, incarnation, port } satisfies FromThread, [port]),
    );
  }

  tell(message: FromNode): void {
    this.main.postMessage(message);
  }

  listen(control: (message: ToNode) => void): void {
    this.control = control;
    this.main.on('message', (message: ToThread) => this.heard(message));
  }

  hear(): void {
    for (let got = receiveMessageOnPort(this.main); got; got = receiveMessageOnPort(this.main))
      this.heard(got.message as ToThread);
  }

  private heard(message: ToThread): void {
    if (message.kind === 'connect') this.mail.connect(message.peer, message.port);
    else this.control(message);
  }
}
