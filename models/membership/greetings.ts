/**
 * The greetings of those who are new in a view (PROTOCOLS C): what is sent to a life that its receiver has not met is
 * lost. So they greet all others, straight and neighbour by neighbour, and the others let their work for them wait.
 */
import type { NodeId } from '../../engine/world.ts';
import type { Post } from './post.ts';

interface Greeting {
  readonly epoch: number;
  /** True until one has come straight. */
  readonly relayed: boolean;
}

export class Greetings {
  private readonly post: Post;
  /** Of those that are in a view that this node may not be in yet. */
  private readonly early = new Map<NodeId, Greeting>();

  constructor(post: Post) {
    this.post = post;
  }

  /** The view of that epoch has been installed, with these new in it. */
  await(joined: readonly NodeId[], epoch: number): void {
    for (const node of joined) {
      const early = this.early.get(node);
      if (early?.epoch === epoch && !early.relayed) continue;
      this.post.awaitGreeting(node);
      if (early?.epoch === epoch) this.post.greeted(node, true);
    }
    this.early.clear();
    this.post.enter();
  }

  /** A node says that it is in the view of that epoch; `installed` is the one this node is in. */
  take(from: NodeId, epoch: number, relayed: boolean, installed: number | undefined): void {
    if (epoch === installed) return this.post.greeted(from, relayed);
    const early = this.early.get(from);
    const isStraight = !relayed || (early?.epoch === epoch && !early.relayed);
    this.early.set(from, { epoch, relayed: !isStraight });
  }
}
