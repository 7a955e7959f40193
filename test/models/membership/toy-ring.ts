/** A ring whose work is to count: a message goes round the members, each works on it, and position 0 counts laps. */
import type { FaultRule } from '../../../engine/faults/fault-rule.ts';
import type { Distribution } from '../../../engine/distribution.ts';
import { ringTopology } from '../../../engine/network/ring.ts';
import { starTopology } from '../../../engine/network/star.ts';
import type { RunResult } from '../../../engine/result.ts';
import { Simulation } from '../../../engine/simulation.ts';
import type { Job, Message, Node, NodeId, World } from '../../../engine/world.ts';
import { Post } from '../../../models/membership/post.ts';
import { lacksQuorum, viewsKnown, type KnownView } from '../../../models/membership/quorum.ts';
import { ViewChange } from '../../../models/membership/view-change.ts';
import type {
  Assembly,
  Decision,
  NewView,
  ViewHost,
} from '../../../models/membership/view-host.ts';
import type { RelayMessage } from '../../../models/membership/view-messages.ts';
import { isViewMessage } from '../../../models/membership/view-messages.ts';

interface Report {
  readonly views: readonly KnownView[];
  readonly laps: number;
}

interface Plan {
  readonly laps: number;
  readonly views: readonly KnownView[];
}

interface Lap extends Message {
  readonly kind: 'LAP';
  readonly epoch: number;
  readonly lap: number;
  /** Members that have still to work on it. */
  readonly left: number;
}

export const HEARTBEAT_NS = 20_000;
export const MISSES = 3;

export class CountingNode implements Node, ViewHost<Report, Plan> {
  readonly view: ViewChange<Report, Plan>;
  private readonly world: World;
  private readonly post: Post;
  private readonly target: number;
  private readonly flops: number;
  private readonly nodeCount: number;
  private laps = 0;
  private waiting: Lap[] = [];
  private stopped = true;
  private working = false;
  private views: readonly KnownView[] = [];

  constructor(world: World, nodeCount: number, target: number, flops: number) {
    this.flops = flops;
    this.world = world;
    this.nodeCount = nodeCount;
    this.target = target;
    this.post = new Post(world);
    this.view = new ViewChange(world, this.post, this, {
      nodeCount,
      heartbeatNs: HEARTBEAT_NS,
      misses: MISSES,
    });
  }

  get phase(): string {
    return this.view.phase;
  }

  get finished(): boolean {
    return this.view.phase === 'finished';
  }

  start(): void {
    const all = Array.from({ length: this.nodeCount }, (_, node) => node);
    if (this.world.incarnation === 0) this.views = [{ epoch: 0, members: all }];
    this.view.start();
  }

  receive(message: Message, from: NodeId): void {
    const isRelayed = message.kind === 'RELAY';
    if (isRelayed || isViewMessage(message)) this.view.watch.arrived(from);
    if (!isRelayed) return this.take(message, from);
    const arrived = this.post.relay(message as RelayMessage);
    if (arrived !== null) this.take(arrived.message, arrived.from);
  }

  private take(message: Message, from: NodeId): void {
    if (isViewMessage<Report, Plan>(message)) return this.view.receive(message, from);
    const lap = message as Lap;
    if (!this.view.admits(lap.epoch, from)) return;
    this.waiting.push(lap);
    this.choose();
  }

  computed(job: Job): void {
    this.working = false;
    const lap = job as unknown as Lap;
    if (!this.stopped && this.view.installed?.epoch === lap.epoch) this.worked(lap);
    this.choose();
  }

  woken(alarm: string): void {
    this.view.woken(alarm);
  }

  suspected(peer: NodeId): void {
    this.view.suspected(peer);
  }

  waitsFor(): string {
    return `${[...this.view.missing].join()} at epoch ${this.view.promised}`;
  }

  stop(): void {
    this.stopped = true;
    this.waiting = [];
  }

  report(): Report {
    return { views: this.views, laps: this.laps };
  }

  decide({ reports }: Assembly<Report>): Decision<Plan> {
    const present = reports.map(({ node, report }) => ({ node, views: report.views }));
    const lacking = lacksQuorum(present);
    if (lacking !== null) {
      const missing = lacking.members.filter((one) => !present.some(({ node }) => node === one));
      const reason = `too few of ${lacking.members.join()}`;
      return { kind: 'halt', reason, missing, againNs: null };
    }
    if (present.every(({ views }) => views.length === 0))
      this.world.giveUp('everybody has lost everything');
    const laps = Math.max(...reports.map(({ report }) => report.laps));
    return { kind: 'go', plan: { laps, views: viewsKnown(present) } };
  }

  install({ epoch, members }: NewView, plan: Plan): void {
    this.stopped = false;
    this.laps = plan.laps;
    this.views = [...(this.views.length > 0 ? this.views : plan.views), { epoch, members }];
    this.world.note('installed', { epoch, members });
    this.waiting = this.waiting.filter((lap) => lap.epoch === epoch);
    if (members[0] === this.world.self) this.begin();
    this.choose();
  }

  drop(): void {
    this.stopped = true;
    this.views = [];
    this.waiting = [];
  }

  complete(): boolean {
    return this.views.length === 1 && this.views[0].epoch === this.view.installed?.epoch;
  }

  endedIn(): void {}

  halted(reason: string): void {
    this.world.note('halted', { reason });
  }

  repairing(epoch: number, gone: readonly NodeId[]): void {
    this.world.note('repair', { epoch, gone });
  }

  /** Position 0 starts a lap, ends the work, or lets somebody in. */
  private begin(): void {
    const { epoch, members } = this.view.installed!;
    if (this.laps === this.target) return this.view.finish();
    if (this.view.joining.admitting()) return;
    this.waiting.push({ kind: 'LAP', epoch, lap: this.laps, left: members.length });
  }

  private choose(): void {
    if (this.working || this.stopped) return;
    const at = this.waiting.findIndex(({ epoch }) => epoch === this.view.installed?.epoch);
    if (at < 0) return;
    const [lap] = this.waiting.splice(at, 1);
    this.view.joining.touch();
    if (lap.left === 0) return this.lapDone();
    this.working = true;
    const name = `lap ${lap.lap}`;
    this.world.compute({ ...lap, name, flops: this.flops, run: () => undefined } as Job);
  }

  private worked({ epoch, lap, left }: Lap): void {
    const { members } = this.view.installed!;
    const at = members.indexOf(this.world.self);
    const next = members[(at + 1) % members.length];
    // A lap behind its half has been seen by the first half: but only the last knows that all are in the view.
    if (at === members.length - 1) this.views = [{ epoch, members }];
    const message = { kind: 'LAP', epoch, lap, left: left - 1 } as Lap;
    if (next === this.world.self) this.waiting.push(message);
    else this.post.deliver(next, message, 8);
  }

  private lapDone(): void {
    const { epoch, members } = this.view.installed!;
    this.views = [{ epoch, members }];
    this.laps++;
    this.world.note('lap', { epoch, laps: this.laps });
    this.begin();
    this.choose();
  }
}

export interface ToyRing {
  readonly seed: number;
  readonly nodes: number;
  readonly laps: number;
  readonly flops: number;
  readonly rules: readonly FaultRule[];
  readonly latencyFactor?: Distribution;
  /** On a star no cable joins two nodes: what is cut between two stays cut, for them alone. */
  readonly onStar?: boolean;
}

export interface ToyRun {
  readonly result: RunResult;
  readonly notes: { node: NodeId; name: string; value: unknown; timeNs: number }[];
  readonly messages: { kind: string; from: NodeId; to: NodeId; timeNs: number }[];
}

/** Runs to the end, or for that many events. */
export function runToy(ring: ToyRing, mostEvents = 200_000): ToyRun {
  const notes: ToyRun['notes'] = [];
  const messages: ToyRun['messages'] = [];
  const hosts = Array.from({ length: ring.nodes }, () => ({
    speedFlopsPerSecond: 1e9,
    memoryBytes: 1e9,
    taskOverheadNs: 100,
  }));
  const simulation = new Simulation({
    seed: ring.seed,
    hosts,
    topology: (ring.onStar ? starTopology : ringTopology)(ring.nodes, 1e9, 1000),
    sharing: 'fifo',
    jitter: { latency: ring.latencyFactor },
    runJobs: false,
    faults: { rules: ring.rules, detector: { heartbeatNs: HEARTBEAT_NS, misses: MISSES } },
    place: (world) => new CountingNode(world, ring.nodes, ring.laps, ring.flops),
    observers: [
      {
        noted(node, timeNs, name, value) {
          notes.push({ node, name, value, timeNs });
        },
        messageSent(_, from, to, { kind }, _bytes, timeNs) {
          messages.push({ kind, from, to, timeNs });
        },
      },
    ],
  });
  let events = 0;
  while (events < mostEvents && simulation.run(1000)) events += 1000;
  simulation.stop('interrupted');
  return { result: simulation.result(), notes, messages };
}
