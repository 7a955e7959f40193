/** Where a shard serves its workers in one view, as its consistency model says: replies, updates, and what is safe. */
import type { NodeId, World } from '../../../../engine/world.ts';
import type { FloatArray } from '../../../learning/float-array.ts';
import { incarnationIn, type View } from '../../../membership/view.ts';
import { type PullReply, type ServerMessage, SMALL_BYTES, WORK_ITEM_BYTES } from '../messages.ts';
import type { AbsentWorkers } from '../recovery/absent-workers.ts';
import type { RedoneWork } from '../recovery/redone-work.ts';
import { SafePushes } from '../recovery/safe-pushes.ts';
import type { Update } from '../shard/shard-state.ts';
import type { WorkItem } from '../work-item.ts';
import { BroadcastTree } from './broadcast-tree.ts';
import type { Chain } from './chain.ts';
import type { Answer, Shard, WorkDesk } from './consistency.ts';

/** The server whose desk it is. */
export interface DeskServer extends Shard {
  readonly view: View;
  readonly chain: Chain;
  readonly redone: RedoneWork;
  readonly isWatched: boolean;
  refuse(event: string): never;
}

const NO_WORK: readonly WorkItem[] = [];
const PLAIN: Answer = {};

export class Desk implements WorkDesk {
  isEstablished: boolean;
  private readonly server: DeskServer;
  private readonly absent: AbsentWorkers;
  private readonly world: World<ServerMessage>;
  private readonly epoch: number;
  private readonly shard: number;
  private readonly safe = new SafePushes();

  constructor(server: DeskServer, absent: AbsentWorkers) {
    this.server = server;
    this.absent = absent;
    this.world = server.world;
    this.epoch = server.view.epoch;
    this.shard = server.settings.shard;
    this.isEstablished = !server.isWatched;
  }

  isAbsent(worker: NodeId): boolean {
    return this.absent.has(worker);
  }

  askShards(): void {
    const { world, epoch, server } = this;
    for (const { chain } of server.plan.shards.slice(1))
      world.send(chain[0], { kind: 'check', epoch }, SMALL_BYTES);
  }

  isIn(worker: NodeId, updates: number): void {
    if (this.server.isWatched) this.safe.add(worker, updates);
  }

  append(update: Update): void {
    const { log, chain } = this.server;
    log.pending.push(update);
    chain.pass(update, log.committed);
  }

  answer(worker: NodeId, work: WorkItem | null, more: boolean, answer: Answer = PLAIN): void {
    const { log, costs, isWatched } = this.server;
    const { state, committed } = log;
    const { further = NO_WORK, version = state.steps, has = -1, clock, next } = answer;
    const hasWeights = has === version;
    const reply: PullReply = {
      kind: 'pull-reply',
      epoch: this.epoch,
      shard: this.shard,
      version,
      weights: hasWeights ? null : this.weightsOf(version),
      iteration: work === null ? -1 : work.iteration,
      share: work === null ? -1 : work.share,
      further,
      more,
      safe: isWatched ? this.safe.count(worker, committed) : 0,
    };
    if (isWatched) this.begun(worker, work === null ? further : [work, ...further]);
    const items = (work === null ? 0 : 1) + further.length + (next?.length ?? 0);
    const listed = WORK_ITEM_BYTES * Math.max(0, items - 1);
    const said = clock === undefined ? reply : { ...reply, clock, next };
    this.world.send(worker, said, listed + (hasWeights ? 0 : costs.wireBytes));
  }

  broadcast(version: number): void {
    const { world, epoch, shard, server } = this;
    for (const worker of new BroadcastTree(server.plan, shard).below(world.self)) {
      const weights = this.weightsOf(version);
      const message = { kind: 'broadcast', epoch, shard, version, weights } as const;
      world.send(worker, message, server.costs.wireBytes);
    }
  }

  begun(worker: NodeId, work: readonly WorkItem[]): void {
    const { redone, view } = this.server;
    redone.given(work, worker, incarnationIn(view, worker)!);
  }

  dismiss(worker: NodeId): void {
    const { shard, epoch, server } = this;
    const reply: PullReply = {
      kind: 'pull-reply',
      epoch,
      shard,
      version: server.log.state.steps,
      weights: null,
      iteration: -1,
      share: -1,
      further: NO_WORK,
      more: false,
      safe: 0,
    };
    this.world.send(worker, reply, 0);
  }

  repeated(event: string): void {
    if (!this.server.isWatched) this.refuse(event);
  }

  refuse(event: string): never {
    return this.server.refuse(event);
  }

  /** A copy for a receiver. */
  private weightsOf(version: number): FloatArray | null {
    const { state } = this.server.log;
    const weights = version < state.steps ? state.before : state.weights?.parameters;
    return weights?.slice() ?? null;
  }
}
