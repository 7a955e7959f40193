/**
 * The way of a message to a peer: straight to a neighbour, and neighbour by neighbour to anybody else, since neighbours
 * alone watch each other; where two neighbours do not hear each other, the long way round (relay mode of PROTOCOLS C).
 * It knows nothing of what messages say.
 */
import type { Message, NodeId, World } from '../../engine/world.ts';
import { clockwise, inRingOrder } from './repair-token.ts';
import type { RelayMessage, Silence } from './view-messages.ts';

/** What a relayed message carries beside its payload, in bytes a hop. */
const HOP_BYTES = 4;

interface Letter {
  readonly message: Message;
  readonly bytes: number;
}

export class Post {
  private readonly world: World;
  private ring: readonly NodeId[] = [];
  private cut: ReadonlySet<NodeId> = new Set();
  private cuts: readonly Silence[] = [];
  private routedNs = 0;
  /** The short ways that have been asked for since the way is known: they are asked for with every message. */
  private readonly shortWays = new Map<NodeId, readonly NodeId[]>();
  /** Messages relayed in each stream since the way is known. */
  private readonly relayed = new Map<number, number>();
  /** What is due next of each stream that reaches this node by a relay. */
  private readonly due = new Map<
    number,
    { readonly routedNs: number; readonly sequence: number }
  >();
  /** Work for those that have not greeted yet. */
  private readonly waiting = new Map<NodeId, Letter[]>();
  /** What is to go straight to those of whom nothing has come straight yet. */
  private readonly unmet = new Map<NodeId, Letter[]>();
  /** What others have for others, and has come before the view that it is of; null once this node is in one. */
  private early: RelayMessage[] | null = [];

  constructor(world: World) {
    this.world = world;
  }

  /** The nodes that can pass messages on, those of them that this node does not hear, and who else does not hear whom. */
  route(ring: readonly NodeId[], cut: ReadonlySet<NodeId>, cuts: readonly Silence[]): void {
    this.ring = ring;
    this.cut = cut;
    this.cuts = cuts;
    // Two ways that are learnt at the same moment are two all the same.
    this.routedNs = Math.max(this.world.now(), this.routedNs + 1);
    this.relayed.clear();
    this.shortWays.clear();
  }

  /** One more that cannot be reached straight. */
  avoid(peer: NodeId): void {
    this.cut = new Set([...this.cut, peer]);
    this.shortWays.clear();
  }

  /**
   * Work for that peer waits until it has greeted: before, it might go to a life of it that is over. What others have for
   * it, and is passed on here, waits until it has greeted straight.
   */
  awaitGreeting(peer: NodeId): void {
    if (!this.waiting.has(peer)) this.waiting.set(peer, []);
    if (!this.unmet.has(peer)) this.unmet.set(peer, []);
  }

  greeted(peer: NodeId, relayed: boolean): void {
    const letters = this.waiting.get(peer) ?? [];
    this.waiting.delete(peer);
    for (const { message, bytes } of letters) this.deliver(peer, message, bytes);
    if (relayed) return;
    const held = this.unmet.get(peer) ?? [];
    this.unmet.delete(peer);
    for (const { message, bytes } of held) this.world.send(peer, message, bytes);
  }

  /** This node is in a view, and knows whose greetings are to come: what came early is passed on. */
  enter(): void {
    const early = this.early ?? [];
    this.early = null;
    for (const relay of early) this.forward(relay);
  }

  /** A view is over: drops all that waits. Of the next one, work for others may come before it is known here who is new. */
  leave(): void {
    this.waiting.clear();
    this.unmet.clear();
    this.early = [];
  }

  /** Sends a message of work, neighbour by neighbour; it may wait for a greeting. */
  deliver(to: NodeId, message: Message, bytes: number): void {
    const letters = this.waiting.get(to);
    if (letters !== undefined) letters.push({ message, bytes });
    else this.carry(this.wayOfWork(to), message, bytes, true);
  }

  /** Sends a message neighbour by neighbour, but to no neighbour. */
  relayTo(to: NodeId, message: Message, bytes: number): void {
    const way = this.wayOfWork(to);
    if (way.length > 1) this.carry(way, message, bytes, true);
  }

  /**
   * Sends a message now, straight if that is possible. One that may come twice goes `bothWays` where it is not thought to
   * be: the way round may be none either.
   */
  send(to: NodeId, message: Message, bytes: number, bothWays = false): void {
    const isCut = this.cut.has(to);
    this.carry(isCut ? this.longWay(to) : [to], message, bytes, false);
    if (isCut && bothWays) this.world.send(to, message, bytes);
  }

  private carry(path: readonly NodeId[], message: Message, bytes: number, patient: boolean): void {
    const to = path[path.length - 1];
    if (path.length === 1) return this.pass(to, message, bytes, patient);
    const { routedNs } = this;
    const origin = this.world.self;
    const stream = streamOf(to, patient);
    const sequence = this.relayed.get(stream) ?? 0;
    this.relayed.set(stream, sequence + 1);
    this.forward({ kind: 'RELAY', origin, routedNs, sequence, patient, path, message, bytes });
  }

  private pass(to: NodeId, message: Message, bytes: number, patient: boolean): void {
    const held = patient ? this.unmet.get(to) : undefined;
    if (held === undefined) this.world.send(to, message, bytes);
    else held.push({ message, bytes });
  }

  /** A relayed message has come; gives what it carries if it is for this node, else passes it on. */
  relay(message: RelayMessage): { message: Message; from: NodeId } | null {
    if (message.path.length > 0) this.passOn(message);
    else if (this.isDue(message)) return { message: message.message, from: message.origin };
    return null;
  }

  /** Who passes on may crash or hang up: of what is sent one way a beginning without gaps is taken, and nothing else. */
  private isDue({ origin, routedNs, sequence, patient }: RelayMessage): boolean {
    const stream = streamOf(origin, patient);
    const known = this.due.get(stream);
    const due =
      known === undefined || known.routedNs < routedNs ? { routedNs, sequence: 0 } : known;
    if (due.routedNs !== routedNs || due.sequence !== sequence) return false;
    this.due.set(stream, { routedNs, sequence: sequence + 1 });
    return true;
  }

  private passOn(relay: RelayMessage): void {
    if (relay.patient && this.early !== null) this.early.push(relay);
    else this.forward(relay);
  }

  private forward(relay: RelayMessage): void {
    const [next, ...path] = relay.path;
    const bytes = relay.bytes + HOP_BYTES * path.length;
    this.pass(next, { ...relay, path } as Message, bytes, relay.patient);
  }

  /** The nodes from the next one on to the receiver, both ways round: the shorter way first, clockwise on a tie. */
  private waysTo(to: NodeId): [NodeId[], NodeId[]] {
    const order = clockwise(inRingOrder([...this.ring, to]), this.world.self);
    const at = order.indexOf(to);
    const there = order.slice(0, at + 1);
    const back = order.slice(at).reverse();
    return there.length <= back.length ? [there, back] : [back, there];
  }

  /** An edge that nobody watches may be cut unknown to all. */
  private wayOfWork(to: NodeId): readonly NodeId[] {
    return this.cut.has(to) ? this.longWay(to) : this.shortWay(to);
  }

  private shortWay(to: NodeId): readonly NodeId[] {
    let way = this.shortWays.get(to);
    if (way === undefined) this.shortWays.set(to, (way = this.findShortWay(to)));
    return way;
  }

  private findShortWay(to: NodeId): readonly NodeId[] {
    if (!this.ring.includes(to)) return [to];
    return this.waysTo(to).find((way) => this.isWhole(way)) ?? [to];
  }

  /** The long way round, or, where that is broken too, over the first node that both ends hear. */
  private longWay(to: NodeId): readonly NodeId[] {
    const [shorter, way] = this.waysTo(to);
    if (this.isWhole(way)) return way;
    const nodes = new Set([...shorter, ...way]);
    const between = [...nodes].find((node) => node !== to && this.isWhole([node, to]));
    return between === undefined ? way : [between, to];
  }

  private isWhole(way: readonly NodeId[]): boolean {
    return way.every((node, hop) => {
      const from = hop === 0 ? this.world.self : way[hop - 1];
      if (hop === 0 && this.cut.has(node)) return false;
      return !this.cuts.some((pair) => pair.includes(node) && pair.includes(from));
    });
  }
}

/** What waits for greetings on its way, and what does not, keep no order between them. */
function streamOf(peer: NodeId, patient: boolean): number {
  return 2 * peer + (patient ? 1 : 0);
}
