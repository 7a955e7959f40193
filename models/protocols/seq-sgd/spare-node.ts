/** A node without work, where a scenario compares sequential SGD with protocols for many nodes. */
import type { Node } from '../../../engine/world.ts';

export class SpareNode implements Node {
  readonly phase = 'spare';
  readonly finished = true;

  start(): void {}

  receive(): void {
    throw new Error('a spare node got a message: nobody has reason to send one');
  }

  computed(): void {
    throw new Error('a spare node ended a job: it starts none');
  }

  woken(): void {
    throw new Error('a spare node was woken: it sets no alarm');
  }

  waitsFor(): string {
    return 'nothing';
  }
}
