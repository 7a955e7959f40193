/**
 * Plays changes of view to the state of nodes, without the protocol that decides them: one more node stops the others,
 * makes its
 * plan of their reports, kills and admits nodes as the script says, and never asks whether it is the right time.
 */
import { WastedWork } from '../../../../models/observers/wasted-work.ts';
import {
  MESSAGE_HEADER_BYTES,
  type Job,
  type Message,
  type Node,
  type NodeFactory,
  type World,
} from '../../../../engine/world.ts';
import { starTopology } from '../../../../engine/network/star.ts';
import { Simulation } from '../../../../engine/simulation.ts';
import type { RunResult } from '../../../../engine/result.ts';
import { lineOf } from '../../../../models/costs/cost-line.ts';
import type { FloatArray } from '../../../../models/learning/float-array.ts';
import type { IterationNote, WeightsNote } from '../../../../models/spec/notes.ts';
import type { Assignment } from '../../../../models/spec/assignment.ts';
import { DirectCourier } from '../../../../models/pipeline/courier.ts';
import { NodeState } from '../../../../models/protocols/ring-tmp/recovery/node-state.ts';
import { joinRecords, measure, recordValues } from '../../../../models/costs/node-records.ts';
import type {
  RingMessage,
  TrainingMessage,
  TransferMessage,
} from '../../../../models/protocols/ring-tmp/messages.ts';
import { ringOptions as schema } from '../../../../models/protocols/ring-tmp/options.ts';
import type {
  RecoveryPlan,
  RingView,
} from '../../../../models/protocols/ring-tmp/layout/ring-view.ts';
import { RingWork } from '../../../../models/protocols/ring-tmp/ring-work.ts';
import { assignmentOf, type Setting } from './harness.ts';
import { Director, type Change, type Direction } from './director.ts';

export interface Play {
  readonly setting: Setting;
  readonly options: object;
  readonly changes: readonly Change[];
  /** Checkpoints every so many iterations; 0: none. */
  readonly checkpointEvery: number;
  /** Losses take that much longer to position 0 than the network says. */
  readonly lossDelayNs: number;
  /** Watches what becomes of messages once they are sent. */
  readonly cloning?: (place: NodeFactory) => NodeFactory;
}

export interface Played {
  readonly result: RunResult;
  readonly iterations: IterationNote[];
  readonly slices: { version: number; offset: number; epoch: number; values: FloatArray }[];
  readonly plans: readonly RecoveryPlan[];
  /** The script came to an end that no replica could mend. */
  readonly lost: boolean;
  /** Bytes each node holds at the end, by item. */
  readonly held: Map<string, number>[];
  readonly jobs: {
    node: number;
    pass: string;
    iteration: number;
    microBatch: number;
    epoch: number;
    low: number;
    high: number;
  }[];
  /** Payload of the state that was sent to new owners, by epoch. */
  readonly moved: Map<number, number>;
  readonly checkpoints: number[];
  readonly work: RingWork;
}

const STORAGE_NS = 8000;

/** A node that trains as it is told. */
class PlayedNode implements Node {
  finished = false;
  readonly state: NodeState;
  private dead = false;
  /** Messages of views that it has not been told of. */
  private early: TrainingMessage[] = [];
  private epoch: number;
  private readonly losses: TrainingMessage[] = [];
  private lossCount = 0;
  private readonly world: World;
  private readonly director: Director;
  private readonly begin: () => void;

  constructor(
    world: World,
    work: RingWork,
    director: Director,
    view: RingView,
    records: Float64Array,
  ) {
    this.world = world;
    this.director = director;
    this.epoch = view.epoch;
    this.begin = () => this.state.begin(view, () => records);
    const tell = (message: Direction) => world.send(director.node, message as Message, 8);
    this.state = new NodeState(world as World<RingMessage>, work, {
      courier: (view) => new DirectCourier(world as World<RingMessage>, view),
      mayBegin: (iteration) => {
        if (!director.holds(iteration)) return true;
        tell({ kind: 'READY', epoch: this.state.view!.epoch });
        return false;
      },
      begins: () => {},
      settled: () => {},
      updated: () => {},
      complete: () => {
        const { view } = this.state;
        if (view!.nodes[0] === world.self) tell({ kind: 'COMPLETE', epoch: view!.epoch });
      },
    });
  }

  get phase(): string {
    return this.finished ? 'finished' : this.state.phase;
  }

  start(): void {
    this.begin();
  }

  receive(message: Message): void {
    const direction = message as Direction;
    switch (direction.kind) {
      case 'DIE':
        this.dead = true;
        return this.state.clear();
      case 'STOP': {
        this.dead = false;
        this.state.abandon();
        const { change } = this.director;
        const report = { kind: 'REPORT', change, layouts: this.state.report() } as const;
        return this.world.send(this.director.node, report, 64);
      }
      case 'GO':
        return this.adopt(direction.plan);
      case 'DONE':
        this.finished = true;
        return;
      default:
        this.train(message as TrainingMessage);
    }
  }

  /** What was saved is what the node has left of it by now: it was given away. */
  private stored(name: string): void {
    this.director.storage.set(name, structuredClone(this.director.saving.get(name)!));
    this.state.saved(name, true);
  }

  private adopt(plan: RecoveryPlan): void {
    this.epoch = plan.view.epoch;
    this.state.adopt(plan);
    for (const message of this.early.splice(0)) this.train(message);
  }

  private train(message: TrainingMessage): void {
    const { lossDelayNs } = this.director;
    if (this.dead || message.epoch < this.epoch) return;
    if (message.epoch > this.epoch) this.early.push(message);
    else if (message.kind !== 'LOSS' || lossDelayNs === 0) return this.take(message);
    else this.delay(message);
  }

  private take(message: TrainingMessage): void {
    if (this.state.view?.epoch === message.epoch) this.state.receive(message);
  }

  private delay(message: TrainingMessage): void {
    this.losses.push(message);
    this.world.wake(`loss ${this.lossCount++}`, this.director.lossDelayNs);
  }

  computed(job: Job): void {
    this.state.computed(job);
  }

  woken(alarm: string): void {
    const [verb, name] = alarm.split(' ');
    if (verb === 'saved') this.stored(name);
    else if (verb === 'loss') this.take(this.losses.shift()!);
    else this.state.loaded(name, this.director.storage.get(name) ?? null);
  }

  waitsFor(): string {
    return this.state.waitsFor();
  }
}

/** The world of a node, with the storage of the play, and with its ledger written down. */
function playedWorld(world: World, director: Director, held: Map<string, number>): World {
  const count = (item: string, bytes: number) => held.set(item, (held.get(item) ?? 0) + bytes);
  return Object.create(world, {
    save: {
      value: (name: string, value: object) => {
        director.saving.set(name, value);
        world.wake(`saved ${name}`, STORAGE_NS);
      },
    },
    load: { value: (name: string) => world.wake(`loaded ${name}`, STORAGE_NS) },
    hold: {
      value: (item: string, bytes: number) => {
        count(item, bytes);
        world.hold(item, bytes);
      },
    },
    release: {
      value: (item: string, bytes: number) => {
        count(item, -bytes);
        world.release(item, bytes);
      },
    },
  }) as World;
}

export function play({ setting, options, changes, ...rest }: Play): Played {
  const { checkpointEvery, lossDelayNs, cloning = (place) => place } = rest;
  const nodes = setting.hosts.length;
  const { bandwidth, latencyNs } = setting.network!;
  const assignment: Assignment = {
    ...assignmentOf(setting),
    detector: { heartbeatNs: 1, misses: 1 },
    checkpoint: checkpointEvery > 0 ? { every: checkpointEvery } : null,
  };
  const work = new RingWork(
    assignment,
    schema.parse({ kind: 'ring-tmp', ...options }),
    lineOf(setting.model, nodes),
  );
  const values = setting.hosts.map((_, node) => recordValues(measure(assignment, node)));
  const records = joinRecords(values);
  const view = work.firstView(records);
  const director = new Director(nodes, work, view, values, { changes, lossDelayNs });
  const held = setting.hosts.map(() => new Map<string, number>());
  const played: Omit<Played, 'result' | 'plans' | 'lost'> = {
    iterations: [],
    slices: [],
    held,
    jobs: [],
    moved: new Map(),
    checkpoints: [],
    work,
  };
  const member = cloning(
    (world) =>
      new PlayedNode(playedWorld(world, director, held[world.self]), work, director, view, records),
  );
  const simulation: Simulation = new Simulation({
    seed: assignment.seed,
    hosts: [...setting.hosts, setting.hosts[0]],
    topology: starTopology(nodes + 1, bandwidth, latencyNs),
    sharing: 'fifo',
    jitter: setting.jitter,
    runJobs: work.exact,
    place: (world) => (world.self === nodes ? director.place(world) : member(world)),
    observers: [
      new WastedWork(nodes + 1, (wasted) => simulation.writeOff(wasted)),
      {
        jobEnded(node, job) {
          const ringJob = job as never as Played['jobs'][number];
          const { pass, iteration, microBatch, epoch, low, high } = ringJob;
          played.jobs.push({ node, pass, iteration, microBatch, epoch, low, high });
        },
        messageSent(_, _from, _to, message, bytes) {
          if (message.kind !== 'XFER') return;
          const { epoch } = message as TransferMessage;
          const before = played.moved.get(epoch) ?? 0;
          played.moved.set(epoch, before + bytes - MESSAGE_HEADER_BYTES);
        },
        noted(_, _timeNs, name, value) {
          if (name === 'iteration') played.iterations.push(value as IterationNote);
          if (name === 'checkpoint') played.checkpoints.push(value as number);
          if (name !== 'weights') return;
          const { version, offset, values, epoch } = value as WeightsNote;
          played.slices.push({ version, offset, epoch: epoch!, values: values.slice() });
        },
      },
    ],
  });
  while (simulation.run(1e6));
  return { ...played, result: simulation.result(), plans: director.plans, lost: director.lost };
}
