/**
 * What a node owes those who lead or want to (PROTOCOLS C and D): an answer to who asks to be followed, but for what it
 * tells of itself when it agrees, and word of a break in the chain.
 */
import type { NodeId, World } from '../../../engine/world.ts';
import type { Acceptor } from './acceptor.ts';
import type * as Says from './resilient-messages.ts';
import { SMALL_BYTES, viewBytes } from './resilient-messages.ts';
import { successorOf } from './view.ts';

/** Tells a node that something higher has been promised than it has asked for. */
export function refuse(world: World, { promised }: Acceptor, to: NodeId): void {
  const refused: Says.Refused = { kind: 'refused', promised };
  world.send(to, refused, SMALL_BYTES);
}

/** A chain that is broken between two standbys is for their head to mend. */
export function accuse(world: World, { view, takesPart }: Acceptor, peer: NodeId): void {
  if (!takesPart || view === null || successorOf(view, world.self) !== peer) return;
  const { epoch, chain } = view;
  if (chain[0] === world.self) return;
  const accusation: Says.Accusation = { kind: 'accusation', epoch, peer };
  world.send(chain[0], accusation, SMALL_BYTES);
}

/** Whether a node's demand is met, so that it is to be told so; otherwise it is told why not. */
export function isPromised(
  world: World,
  acceptor: Acceptor,
  prepare: Says.Prepare,
  from: NodeId,
): boolean {
  const judgement = acceptor.judge(prepare, from);
  if (judgement === 'stale') {
    const stale: Says.Stale = { kind: 'stale', view: acceptor.view! };
    world.send(from, stale, viewBytes(stale.view.lives.length));
  } else if (judgement === 'refused') refuse(world, acceptor, from);
  return judgement === 'promised';
}
