/**
 * What a node does with a REPAIR token while it has it (PROTOCOLS C): adds its own to it, waits where it hears one of
 * whom others say that it is dead, and finds out where the token goes next.
 */
import type { NodeId, World } from '../../engine/world.ts';
import { initiatorOf } from './epoch.ts';
import type { Post } from './post.ts';
import { cutsIn, deadIn, inRingOrder, joinSilences, nextFor, reportedIn } from './repair-token.ts';
import type { Known } from './repair-token.ts';
import type { RingWatch } from './ring-watch.ts';
import { viewBytes, type RepairMessage, type Silence } from './view-messages.ts';

const HOLD = 'view/hold';
/** Heartbeats that the suspicion of one neighbour of a dead node may come after that of the other. */
const HOLD_HEARTBEATS = 2;

export class TokenHolder<Report> {
  /** Whom the last token sought. */
  candidates: readonly NodeId[];
  /** Who was dead by the last token as it left this node. */
  knownDead: readonly NodeId[] = [];
  /** Pairs that did not hear each other in the view in use: who is not heard may have no way to know it. */
  cuts: readonly Silence[] = [];
  private held: RepairMessage<Report> | null = null;
  /** The token that went on last, and where to. */
  private passed: { readonly to: NodeId; readonly token: RepairMessage<Report> } | null = null;
  private readonly world: World;
  private readonly post: Post;
  private readonly watch: RingWatch;
  private readonly heartbeatNs: number;
  private readonly home: (token: RepairMessage<Report>) => void;

  /** `home` is called when this node began the token and nobody is left for it to go to. */
  constructor(
    world: World,
    post: Post,
    watch: RingWatch,
    settings: { readonly nodeCount: number; readonly heartbeatNs: number },
    home: (token: RepairMessage<Report>) => void,
  ) {
    this.world = world;
    this.post = post;
    this.watch = watch;
    this.heartbeatNs = settings.heartbeatNs;
    this.home = home;
    this.candidates = Array.from({ length: settings.nodeCount }, (_, node) => node);
  }

  /** True while a token waits here. */
  get holds(): boolean {
    return this.held !== null;
  }

  /** Forgets all tokens: a higher epoch has come, or a view. */
  clear(): void {
    this.held = null;
    this.passed = null;
    this.knownDead = [];
    this.world.cancel(HOLD);
  }

  /**
   * Null where a token tells of nobody else's death than is known here, or of these, who live. Else what it tells of who
   * hears whom, and what the last one here did: of two tokens that do not agree on who is dead each would else make the
   * other's begin anew, for ever. Who has reported to it lives.
   */
  newsOf(other: RepairMessage<Report>, living: readonly NodeId[]): Known | null {
    const old = [...this.knownDead, ...living, this.world.self];
    if (deadIn(other).every((node) => old.includes(node))) return null;
    const last = this.held ?? this.passed?.token;
    const reported = reportedIn(other).filter((node) => !this.watch.silent.has(node));
    return {
      silences: joinSilences(last?.silences ?? [], other.silences),
      heard: inRingOrder([...(last?.heard ?? []), ...other.heard, ...reported]),
    };
  }

  /** A token this node has not seen before. */
  visit(token: RepairMessage<Report>, report: Report, joining: boolean): void {
    const { self, incarnation } = this.world;
    const own = { node: self, life: incarnation, joining, report };
    // What it has told in a life that is over, or before it dropped its state, is true no more.
    const reports = [...token.reports.filter(({ node }) => node !== self), own];
    this.candidates = token.candidates;
    this.goRound(token.silences);
    this.takeUp({ ...token, reports });
  }

  /** By these silences some do not hear this node: they are reached another way from here on, and get what they missed. */
  goRound(silences: readonly Silence[]): void {
    for (const [by, of] of silences) {
      if (of !== this.world.self || this.watch.silent.has(by)) continue;
      this.watch.deaf(by);
      this.post.avoid(by);
      this.passAgain(by);
    }
  }

  /** This node has come to suspect somebody while the token is here. */
  suspectMore(): void {
    if (this.held !== null) this.takeUp(this.held);
  }

  /** The token was on its way to a life of the peer that is over: now it goes to the present one. */
  passAgain(peer: NodeId): void {
    const { passed } = this;
    if (passed?.to === peer) this.post.send(peer, passed.token, viewBytes(passed.token));
  }

  /** The token has waited long enough: who is still heard here is alive. */
  woken(): void {
    if (this.held === null) return;
    const token = this.held;
    const heard = deadIn(token).filter((node) => this.watch.hears(node));
    this.pass({ ...token, heard: [...token.heard, ...heard] });
  }

  private takeUp(token: RepairMessage<Report>): void {
    const { self } = this.world;
    const others = token.silences.filter(([by]) => by !== self);
    const own = token.candidates.filter((node) => this.watch.silent.has(node));
    const silences = [...others, ...own.map((node) => [self, node] as const)];
    const told = { ...token, silences };
    if (!deadIn(told).some((node) => this.watch.hears(node))) return this.pass(told);
    this.held = told;
    this.world.wake(HOLD, HOLD_HEARTBEATS * this.heartbeatNs);
  }

  private pass(token: RepairMessage<Report>): void {
    const { self } = this.world;
    this.held = null;
    this.world.cancel(HOLD);
    const dead = deadIn(token);
    this.knownDead = dead;
    const ring = token.candidates.filter((node) => !dead.includes(node));
    const beyond = this.cuts.filter((pair) => pair.includes(self)).flat();
    const silent = new Set([...this.watch.silent, ...beyond].filter((node) => node !== self));
    this.post.route(ring, silent, [...cutsIn(token), ...this.cuts]);
    this.watch.neighbours(ring);
    const next = nextFor(token, self) ?? initiatorOf(token.epoch);
    if (next === self) return this.home(token);
    this.watch.also(next);
    this.passed = { to: next, token };
    this.post.send(next, token, viewBytes(token));
  }
}
