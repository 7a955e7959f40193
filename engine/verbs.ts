/**
 * The verbs of a node, for every world. They check their arguments, so that all worlds refuse the same in the same
 * sentences, and call the world's own part. It must not know whether time is modelled or measured.
 */
import { randomStream } from './random.ts';
import { checkStamp } from './storage/stamp.ts';
import type { Job, Message, NodeId, NoteValue, RandomStream, Stamp, World } from './world.ts';

/** A node has said that the run cannot go on. */
export class GivenUp extends Error {
  constructor(reason: string) {
    super(reason);
    this.name = 'GivenUp';
  }
}

/** Facts of a run that the checks need. */
export interface RunFacts {
  readonly seed: number;
  readonly nodeCount: number;
  /** Null where there is none. */
  readonly storage: object | null;
}

/** The verbs of one incarnation of a node. Worlds fill in the abstract methods, whose arguments have been checked. */
export abstract class Verbs<Facts extends RunFacts> implements World {
  readonly self: NodeId;
  readonly incarnation: number;
  readonly disk: object | null;
  protected readonly services: Facts;
  private streams: Map<string, RandomStream> | null = null;

  constructor(self: NodeId, incarnation: number, disk: object | null, services: Facts) {
    this.self = self;
    this.incarnation = incarnation;
    this.disk = disk;
    this.services = services;
  }

  abstract now(): number;
  abstract cancel(alarm: string): void;
  abstract hold(item: string, bytes: number): void;
  abstract release(item: string, bytes: number): void;
  abstract note(name: string, value: NoteValue): void;

  /** The job that was started and is not over; null if the node may start one. */
  protected abstract get jobAsked(): Job | null;
  protected abstract post(to: NodeId, message: Message, bytes: number): void;
  protected abstract begin(job: Job): void;
  protected abstract setAlarm(alarm: string, afterNs: number): void;
  protected abstract beginWatch(peer: NodeId): void;
  protected abstract endWatch(peer: NodeId): void;
  protected abstract dropSent(peer: NodeId, incarnation?: number): void;
  protected abstract write(name: string, value: object, bytes: number, stamp: Stamp): void;
  protected abstract read(name: string): void;
  protected abstract writeRecord(record: object, bytes: number): void;

  random(name: string): RandomStream {
    if (name === 'jitter')
      throw new Error(
        "random: the stream 'jitter' is the world's own, another name would be right",
      );
    this.streams ??= new Map();
    let stream = this.streams.get(name);
    if (!stream) {
      const incarnation = this.incarnation === 0 ? '' : `#${this.incarnation}`;
      stream = randomStream(this.services.seed, `node/${this.self}${incarnation}/${name}`);
      this.streams.set(name, stream);
    }
    return stream;
  }

  send(to: NodeId, message: Message, bytes: number): void {
    // The sentence is built only where it is needed: this runs for every message.
    if (!this.isNode(to)) this.checkNode('send', `'${message.kind}' is for`, to);
    if (!isSize(bytes)) checkSize('send', message.kind, bytes);
    this.post(to, message, bytes);
  }

  compute(job: Job): void {
    const { jobAsked } = this;
    if (jobAsked)
      throw new Error(
        `compute: '${job.name}' was asked for, but '${jobAsked.name}' is not over; ` +
          'a node does one job at a time',
      );
    if (!(job.flops >= 0 && job.flops < Infinity))
      throw new RangeError(`compute: '${job.name}' has ${job.flops} FLOPs, 0 or more is right`);
    this.begin(job);
  }

  wake(alarm: string, afterNs: number): void {
    if (!(afterNs >= 0 && afterNs < Infinity))
      throw new RangeError(`wake: '${alarm}' is due after ${afterNs} ns, 0 or more would be right`);
    this.setAlarm(alarm, afterNs);
  }

  watch(peer: NodeId): void {
    this.checkPeer('watch', peer);
    this.beginWatch(peer);
  }

  unwatch(peer: NodeId): void {
    this.checkPeer('unwatch', peer);
    this.endWatch(peer);
  }

  hangUp(peer: NodeId, incarnation?: number): void {
    this.checkPeer('hangUp', peer);
    this.dropSent(peer, incarnation);
  }

  save(name: string, value: object, bytes: number, stamp: Stamp = []): void {
    this.checkStorage('save', name);
    checkSize('save', name, bytes);
    checkStamp(name, stamp);
    this.write(name, value, bytes, stamp);
  }

  load(name: string): void {
    this.checkStorage('load', name);
    this.read(name);
  }

  persist(record: object, bytes: number): void {
    checkSize('persist', 'record', bytes);
    this.writeRecord(record, bytes);
  }

  giveUp(reason: string): void {
    throw new GivenUp(reason);
  }

  private checkStorage(verb: string, name: string): void {
    if (!this.services.storage) throw new Error(`${verb}: there is no storage for '${name}'`);
  }

  private checkPeer(verb: string, peer: NodeId): void {
    this.checkNode(verb, 'the peer is', peer);
    if (peer === this.self)
      throw new RangeError(`${verb}: node ${peer} is this node itself, a peer would be right`);
  }

  private checkNode(verb: string, what: string, node: NodeId): void {
    if (this.isNode(node)) return;
    const last = this.services.nodeCount - 1;
    throw new RangeError(`${verb}: ${what} node ${node}, a node from 0 to ${last} would be right`);
  }

  private isNode(node: NodeId): boolean {
    return Number.isInteger(node) && node >= 0 && node < this.services.nodeCount;
  }
}

function isSize(bytes: number): boolean {
  return Number.isSafeInteger(bytes) && bytes >= 0;
}

function checkSize(verb: string, what: string, bytes: number): void {
  if (!isSize(bytes))
    throw new RangeError(
      `${verb}: '${what}' has ${bytes} bytes, a whole number from 0 would be right`,
    );
}
