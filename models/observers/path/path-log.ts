/**
 * Follows each iteration's critical path: from the note of its end back, by what came last before each job and message, to
 * the note before. It is told what happens by the log of waits, which knows what each node took when.
 */
import type { Topology } from '../../../engine/network/topology.ts';
import type { Observer } from '../../../engine/observer.ts';
import type { Job, NodeId, NoteValue } from '../../../engine/world.ts';
import { type IterationNote, NOTES } from '../../spec/notes.ts';
import type { Flight } from '../waiting/in-flight.ts';
import type { PathRecord } from './critical-path.ts';
import { LastOnLinks } from './last-on-links.ts';
import { ResourceSums } from './resource-sums.ts';
import { NO_STEP, type Step, Steps } from './steps.ts';
import { Timeline } from './timeline.ts';

export class PathLog implements Observer {
  private readonly steps: Steps;
  private readonly sums: ResourceSums;
  private readonly timeline: Timeline;
  private readonly lastOnLinks: LastOnLinks;
  /** The last step of each node, its end, and what each message under way follows from. */
  private readonly heads: Float64Array;
  private readonly headEndNs: Float64Array;
  private readonly origins: number[] = [];
  /** The job of each node, and when it began. */
  private readonly running: (Job | null)[];
  private readonly beganNs: Float64Array;
  private notedNs = 0;
  private epoch = 0;
  private notes = 0;

  /** `iterations` as many as the run is to have: some in the middle of them are kept whole. */
  constructor(topology: Topology, iterations: number) {
    const { nodeCount } = topology;
    this.steps = new Steps(nodeCount);
    this.sums = new ResourceSums(topology);
    this.timeline = new Timeline(iterations);
    this.lastOnLinks = new LastOnLinks(topology);
    this.heads = new Float64Array(nodeCount).fill(NO_STEP);
    this.headEndNs = new Float64Array(nodeCount);
    this.running = Array.from({ length: nodeCount }, () => null);
    this.beganNs = new Float64Array(nodeCount);
  }

  began(node: NodeId, job: Job, timeNs: number): void {
    this.running[node] = job;
    this.beganNs[node] = timeNs;
  }

  ended(node: NodeId, job: Job, startNs: number, endNs: number, stoodNs: number): void {
    this.running[node] = null;
    this.setHead(node, this.add(this.jobStep(node, job, startNs, endNs, stoodNs)), endNs);
  }

  /** What runs on the node is lost. */
  dropped(node: NodeId): void {
    this.running[node] = null;
  }

  sent(number: number, from: NodeId): void {
    this.origins[number] = this.heads[from];
  }

  /** A message has come; `isTaken` if its receiver does something about it at once. */
  arrived(number: number, flight: Flight, kind: string, timeNs: number, isTaken: boolean): void {
    const { from, to, bytes, sentNs, emptyNs, fullest } = flight;
    const origin = this.origins[number];
    if (from === to) {
      if (isTaken) this.setHead(to, origin, this.steps.at(origin)?.endNs ?? 0);
      return;
    }
    const isQueued = timeNs - sentNs > Math.ceil(emptyNs);
    const before = isQueued ? this.lastOnLinks.before(flight, timeNs) : null;
    const startNs = before === null ? sentNs : before.endNs;
    const step = this.add({
      kind: 'message',
      node: from,
      to,
      name: kind,
      bytes,
      sentNs,
      startNs,
      endNs: timeNs,
      partNs: Math.min(Math.ceil(emptyNs), timeNs - startNs),
      fullest: before === null ? fullest : before.link,
      parent: before === null ? origin : before.step,
      isBehind: before !== null,
    });
    this.lastOnLinks.passed(step, flight, timeNs);
    if (isTaken) this.setHead(to, step, timeNs);
  }

  /** The node acts for no message and no job: an alarm, a disk, the end of a pause. */
  woken(node: NodeId, timeNs: number): void {
    const startNs = this.headEndNs[node];
    if (startNs === timeNs) return;
    const step = this.ownStep('other', node, '', startNs, timeNs, 0);
    this.setHead(node, this.add(step), timeNs);
  }

  noted(node: NodeId, timeNs: number, name: string, value: NoteValue): void {
    if (name !== NOTES.iteration) return;
    const { iteration, epoch = 0 } = value as IterationNote;
    // A late note of an older epoch counts for nothing.
    if (epoch < this.epoch) return;
    this.epoch = epoch;
    this.follow(node, iteration, timeNs);
    this.timeline.noted(iteration);
  }

  record(): PathRecord {
    const { iterations, pathNs, meanOtherNs } = this.sums;
    return {
      iterations,
      iterationNs: iterations === 0 ? 0 : pathNs / iterations,
      otherNs: meanOtherNs,
      resources: this.sums.shares(),
      ...this.timeline.record(),
    };
  }

  /** Adds up the path since the note before. Of several iterations the first is left out: it fills the pipeline. */
  private follow(node: NodeId, iteration: number, timeNs: number): void {
    const { sums, steps, timeline } = this;
    const fromNs = this.notedNs;
    this.notedNs = timeNs;
    const isCounted = this.notes++ > 0 || timeline.isOnly;
    const isShown = timeline.shows(iteration);
    if (isCounted) sums.iterations++;
    if (!isCounted && !isShown) return;
    const job = this.running[node];
    let number = this.heads[node];
    let step = steps.at(number);
    // The note may come from within a job that is about to end.
    if (job !== null) {
      step = this.jobStep(node, job, this.beganNs[node], timeNs, 0);
      number = NO_STEP;
      if (isShown) timeline.markNext(step, iteration);
    }
    while (step !== null && step.endNs > fromNs) {
      const parent = steps.at(step.parent);
      if (isCounted) sums.add(step, parent, step.endNs - Math.max(step.startNs, fromNs));
      if (isShown) timeline.mark(number, iteration);
      number = step.parent;
      step = parent;
    }
  }

  private add(step: Step): number {
    const number = this.steps.add(step);
    if (this.timeline.isWaiting) this.timeline.add(number, step);
    return number;
  }

  private setHead(node: NodeId, number: number, endNs: number): void {
    this.heads[node] = number;
    this.headEndNs[node] = endNs;
  }

  private jobStep(node: NodeId, { name }: Job, startNs: number, endNs: number, stoodNs: number) {
    return this.ownStep('job', node, name, startNs, endNs, stoodNs);
  }

  /** What a node does by itself, after what it did last. */
  private ownStep(
    kind: Step['kind'],
    node: NodeId,
    name: string,
    startNs: number,
    endNs: number,
    partNs: number,
  ): Step {
    const rest = { sentNs: 0, bytes: 0, fullest: -1, isBehind: false };
    return {
      kind,
      node,
      to: node,
      name,
      startNs,
      endNs,
      partNs,
      ...rest,
      parent: this.heads[node],
    };
  }
}
