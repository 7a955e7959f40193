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
import { Generations, type Step } from './steps.ts';
import { Timeline } from './timeline.ts';

export class PathLog implements Observer {
  private readonly generations: Generations;
  private readonly sums: ResourceSums;
  private readonly timeline: Timeline;
  private readonly lastOnLinks: LastOnLinks;
  /** The last step of each node, and what each message under way follows from. */
  private readonly heads: (Step | null)[];
  private readonly origins: (Step | null)[] = [];
  /** The job of each node, and when it began. */
  private readonly running: (Job | null)[];
  private readonly beganNs: Float64Array;
  private notedNs = 0;
  private epoch = 0;
  private notes = 0;

  /** `iterations` as many as the run is to have: some in the middle of them are kept whole. */
  constructor(topology: Topology, iterations: number) {
    const { nodeCount } = topology;
    this.generations = new Generations(nodeCount);
    this.sums = new ResourceSums(topology);
    this.timeline = new Timeline(iterations);
    this.lastOnLinks = new LastOnLinks(topology);
    this.heads = Array.from({ length: nodeCount }, () => null);
    this.running = Array.from({ length: nodeCount }, () => null);
    this.beganNs = new Float64Array(nodeCount);
  }

  began(node: NodeId, job: Job, timeNs: number): void {
    this.running[node] = job;
    this.beganNs[node] = timeNs;
  }

  ended(node: NodeId, job: Job, startNs: number, endNs: number, stoodNs: number): void {
    this.running[node] = null;
    this.heads[node] = this.generations.add(this.jobStep(node, job, startNs, endNs, stoodNs));
    this.timeline.add(this.heads[node]);
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
    this.origins[number] = null;
    if (from === to) {
      if (isTaken) this.heads[to] = origin;
      return;
    }
    const isQueued = timeNs - sentNs > Math.ceil(emptyNs);
    const before = isQueued ? this.lastOnLinks.before(flight, timeNs) : null;
    const startNs = before?.step.endNs ?? sentNs;
    const parent = before?.step ?? origin;
    const link = before?.link ?? fullest;
    const step = this.generations.add({
      ...{ kind: 'message', node: from, to, name: kind, bytes, sentNs, startNs, endNs: timeNs },
      ...{
        partNs: Math.min(Math.ceil(emptyNs), timeNs - startNs),
        fullest: link,
        parent,
        critical: null,
      },
      isBehind: before !== null,
    });
    this.lastOnLinks.passed(step);
    this.timeline.add(step);
    if (isTaken) this.heads[to] = step;
  }

  /** The node acts for no message and no job: an alarm, a disk, the end of a pause. */
  woken(node: NodeId, timeNs: number): void {
    const parent = this.heads[node];
    const startNs = parent?.endNs ?? 0;
    if (startNs === timeNs) return;
    const place = { node, to: node, name: '', startNs, endNs: timeNs, sentNs: 0, bytes: 0 };
    this.heads[node] = this.generations.add({
      ...{
        kind: 'other',
        ...place,
        partNs: 0,
        fullest: -1,
        isBehind: false,
        parent,
        critical: null,
      },
    });
  }

  noted(node: NodeId, timeNs: number, name: string, value: NoteValue): void {
    if (name !== NOTES.iteration) return;
    const { iteration, epoch = 0 } = value as IterationNote;
    // A late note of an older epoch counts for nothing.
    if (epoch < this.epoch) return;
    this.epoch = epoch;
    this.follow(this.headAt(node, timeNs), iteration, timeNs);
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

  /** The note may come from within a job that is about to end. */
  private headAt(node: NodeId, timeNs: number): Step | null {
    const job = this.running[node];
    return job === null ? this.heads[node] : this.jobStep(node, job, this.beganNs[node], timeNs, 0);
  }

  /** Adds up the path since the note before. Of several iterations the first is left out: it fills the pipeline. */
  private follow(head: Step | null, iteration: number, timeNs: number): void {
    const fromNs = this.notedNs;
    this.notedNs = timeNs;
    const isFirst = this.notes++ === 0;
    if (isFirst && !this.timeline.isOnly) {
      this.mark(head, iteration, fromNs);
      return;
    }
    const { sums } = this;
    sums.iterations++;
    for (let step = head; step !== null && step.endNs > fromNs; step = step.parent)
      sums.add(step, step.endNs - Math.max(step.startNs, fromNs));
    this.mark(head, iteration, fromNs);
  }

  private mark(head: Step | null, iteration: number, fromNs: number): void {
    if (!this.timeline.shows(iteration)) return;
    for (let step = head; step !== null && step.endNs > fromNs; step = step.parent)
      step.critical = iteration;
    // The last job's own step is made when it ends.
    if (head !== null) this.timeline.markNext(head, iteration);
  }

  private jobStep(
    node: NodeId,
    { name }: Job,
    startNs: number,
    endNs: number,
    stoodNs: number,
  ): Step {
    const place = { node, to: node, name, startNs, endNs, sentNs: 0, bytes: 0, partNs: stoodNs };
    const parent = this.heads[node];
    return { kind: 'job', ...place, fullest: -1, isBehind: false, parent, critical: null };
  }
}
