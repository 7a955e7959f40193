/**
 * Bulk synchronous parallel with backup workers (Chen et al. 2016; PROTOCOLS D): an update waits for the first pushes of
 * its iteration, as many as make up a batch, and those that come later are dropped. They are summed in the order of shares.
 * Each shard takes the first that come to it. Who was dropped goes on with the iteration that the others are at.
 */
import type { NodeId } from '../../../../engine/world.ts';
import { NOTES, type WastedNote } from '../../../spec/notes.ts';
import type { ParameterServerJob } from '../jobs.ts';
import type { ServerLayout } from '../layout.ts';
import type { Pull, Push } from '../messages.ts';
import type { ServerPlan } from '../plan.ts';
import type { ConsistencyKind, ConsistencyModel, Shard, WorkDesk } from '../server/consistency.ts';
import { someOf } from '../server/some-of.ts';
import type { WorkItem } from '../work-item.ts';
import { GroupSum } from './group-sum.ts';

/** By worker: the shares that it computes. Those of the dead are made up for where too few are left. */
function racersOf({ workers }: ServerPlan, { workers: all, needed }: ServerLayout): number[][] {
  const shares = Array.from({ length: all }, (): number[] => []);
  for (const worker of workers) shares[worker].push(worker);
  const orphans = [...shares.keys()].filter((share) => shares[share].length === 0);
  for (let k = 0; k < needed - workers.length; k++)
    shares[workers[k % workers.length]].push(orphans[k]);
  return shares;
}

export class FirstPushes implements ConsistencyModel {
  private readonly sum: GroupSum;
  /** Of the present iteration, in order of arrival. */
  private come: Push[] = [];
  /** By worker: its pull, while it waits. */
  private readonly waiting: (Pull | null)[];
  /** By worker: the last iteration that it was given work of; -1: none. */
  private readonly given: number[];
  /** By worker: what it had in hand as the view began. */
  private readonly inHand: (readonly WorkItem[])[];
  private readonly shares: readonly (readonly number[])[];

  constructor(
    private readonly server: Shard,
    private readonly desk: WorkDesk,
  ) {
    const { plan, settings } = server;
    const { layout } = settings;
    this.sum = new GroupSum(server);
    this.waiting = new Array<Pull | null>(layout.workers).fill(null);
    this.given = new Array<number>(layout.workers).fill(-1);
    this.inHand = new Array<readonly WorkItem[]>(layout.workers).fill([]);
    this.shares = racersOf(plan, layout);
  }

  entered(worker: NodeId, inHand: readonly WorkItem[]): void {
    this.inHand[worker] = inHand;
  }

  /** Its share may be needed. */
  lost(): boolean {
    return false;
  }

  heard(): void {}

  elsewhere(): boolean {
    return true;
  }

  pulled(worker: NodeId, pull: Pull): void {
    const { waiting, desk } = this;
    if (waiting[worker] !== null) desk.refuse(`a second pull from worker ${worker}`);
    waiting[worker] = pull;
    this.answer(worker, pull);
  }

  pushed(worker: NodeId, push: Push): void {
    const { server, desk, come } = this;
    const { iteration, share } = push;
    const { received } = server.log;
    const event = `push of clock ${iteration} from worker ${worker}`;
    if (iteration > received) desk.refuse(event);
    desk.isIn(worker, iteration + 1);
    if (iteration < received || this.isFull) return this.drop(worker, push);
    if (come.some((one) => one.share === share)) return desk.repeated(event);
    come.push(push);
    server.books.add('pushes', server.costs.wireBytes);
  }

  nextJob(): ParameterServerJob | null {
    if (this.sum.isEmpty && this.isFull) this.sum.begin(this.come);
    return this.sum.isEmpty ? null : this.sum.addition();
  }

  jobDone(): void {
    const update = this.sum.ended();
    if (update === null) return;
    this.come = [];
    this.desk.append({ ...update, items: null });
  }

  applied(): void {}

  serve(): void {
    for (const [worker, pull] of this.waiting.entries())
      if (pull !== null) this.answer(worker, pull);
  }

  waitsFor(): string {
    const { committed, received } = this.server.log;
    if (committed < received) return `the tail's word for update ${committed}`;
    const { needed } = this.server.settings.layout;
    const here = new Set(this.come.map(({ share }) => share));
    const missing = this.shares.flat().filter((share) => !here.has(share));
    const of = someOf(missing.map(String));
    return `${needed - here.size} of the pushes of shares ${of} for clock ${received}`;
  }

  private get isFull(): boolean {
    return this.come.length === this.server.settings.layout.needed;
  }

  /** It came too late. What is pushed once more as a view begins may be in the weights. */
  private drop(worker: NodeId, { iteration }: Push): void {
    const { world, settings, plan } = this.server;
    if (settings.shard > 0 || (settings.detector !== null && iteration === plan.clock)) return;
    const wasted: WastedNote = { node: worker, step: iteration };
    world.note(NOTES.wasted, wasted);
  }

  private answer(worker: NodeId, pull: Pull): void {
    const { server, desk } = this;
    const { state, received } = server.log;
    const { training, shard } = server.settings;
    const { steps } = state;
    if (server.isUpdating) return;
    if (shard > 0) return this.answerPart(worker, pull);
    if (received > steps || this.given[worker] >= steps || !this.isSafe(steps)) return;
    this.waiting[worker] = null;
    if (steps >= training.iterations) return desk.dismiss(worker);
    this.given[worker] = steps;
    const [work = null, ...further] = this.shares[worker]
      .map((share) => ({ iteration: steps, share }))
      .filter(
        ({ share }) =>
          !this.inHand[worker].some((one) => one.iteration === steps && one.share === share),
      );
    desk.answer(worker, work, true, { further, version: steps });
  }

  /** The weights of the iteration that the first shard has given work of, or later ones where these are gone. */
  private answerPart(worker: NodeId, { clock }: Pull): void {
    const { steps } = this.server.log.state;
    const version = steps === clock + 1 ? clock : steps;
    if (version < clock || !this.isSafe(version)) return;
    this.waiting[worker] = null;
    this.desk.answer(worker, null, true, { version });
  }

  /** No loss of a server undoes these weights, or the view begins with them. */
  private isSafe(version: number): boolean {
    const { log, plan } = this.server;
    return version === plan.clock || log.committed >= version;
  }
}

export const firstPushes: ConsistencyKind = {
  sums: true,
  sparesWorkers: false,
  create: (shard, desk) => new FirstPushes(shard, desk),
};
