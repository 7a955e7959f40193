/**
 * Finds runs that go on without getting anywhere: heartbeats keep the queue of events from running empty, so that a
 * deadlock does not show by itself. It must not know what the nodes are up to, only whether anything gets done.
 */
import { formatSeconds } from '../format.ts';
import type { Accounting } from '../accounting.ts';
import type { Host } from '../host.ts';
import type { Kernel } from '../kernel.ts';
import type { Storage } from '../storage/storage.ts';
import type { DetectorSpec } from './fault-rule.ts';
import type { FaultSchedule } from './fault-schedule.ts';
import type { FaultableTransport } from './faultable-transport.ts';
import type { Patience } from './patience.ts';

/** What it looks at. */
export interface StallParts {
  readonly kernel: Kernel;
  readonly accounting: Accounting;
  readonly hosts: readonly Host[];
  readonly transport: FaultableTransport;
  readonly schedule: FaultSchedule;
  readonly storage: Storage | null;
  /** The run is stalled: `why` says how that shows. */
  stalled(why: string): void;
}

/**
 * A look is taken after as many of the detector's silences, each as much longer as it takes more tries until a frame
 * arrives, or after as many times the longest that anybody waits for an answer, if that is more. An acknowledgement takes
 * as many tries again, so no fewer looks in a row than that are a stall.
 */
const SILENCES = 200;
const LONGEST_WAITS = 20;
/** Heartbeats more, so that looks do not fall in step with what nodes say every few heartbeats. */
const DRIFT_HEARTBEATS = 0.618;
/** So many looks in a row without a job done are a stall, though messages go to and fro: nodes that only wait may chat. */
const LOOKS_OF_TALK = 10;
/**
 * Bytes under way are waited for that long: to a host that is gone something is always under way. The largest frame takes
 * less than one look on a path of its own.
 */
const LOOKS_OF_CARRYING = 100;
/** Looks grow longer with every so many in which nothing was done: what is awaited may be days away. */
const LOOKS_BEFORE_LONGER = 100;
/** So many strikes without a job done in between are a stall, whatever is still to come. */
const FAULTS_WITHOUT_WORK = 1000;

export class StallWatch {
  private readonly detector: DetectorSpec;
  private readonly parts: StallParts;
  private readonly look: number;
  /** Counts at the last look: jobs ended, messages that reached hosts, faults that had been awaited. */
  private jobs = 0;
  private received = 0;
  private faultsCome = 0;
  /** Suspicions that have turned out wrong by then: as long as nodes learn how slow others are, all may still go well. */
  private wrongSuspicions = 0;
  /** Strikes when a look last found that jobs had ended. */
  private faults = 0;
  /** When a look last found something done, and how many were taken since. */
  private workNs = 0;
  private idleLooks = 0;

  constructor(detector: DetectorSpec, parts: StallParts) {
    this.detector = detector;
    this.parts = parts;
    this.look = parts.kernel.register(() => this.lookAround());
    this.scheduleLook(parts.transport.takePatience());
  }

  private lookAround(): void {
    const { kernel, hosts, schedule, accounting, transport, stalled } = this.parts;
    const patience = transport.takePatience();
    const { wrongSuspicions } = patience;
    const jobs = hosts.reduce((sum, host) => sum + host.jobs, 0);
    const received = hosts.reduce((sum, host) => sum + host.received, 0);
    const works = jobs !== this.jobs || schedule.come !== this.faultsCome;
    const done = works || wrongSuspicions > this.wrongSuspicions;
    const talks = received !== this.received;
    const quietLooks = Math.max(talks ? LOOKS_OF_TALK : 1, patience.tries);
    const looksEnough = accounting.carrying ? LOOKS_OF_CARRYING : quietLooks;
    if (jobs !== this.jobs) this.faults = schedule.faults.length;
    if (works) this.workNs = kernel.now;
    this.idleLooks = done ? 0 : this.idleLooks + 1;
    this.jobs = jobs;
    this.received = received;
    this.faultsCome = schedule.come;
    this.wrongSuspicions = wrongSuspicions;
    const fruitless = schedule.faults.length - this.faults;
    if (fruitless >= FAULTS_WITHOUT_WORK)
      stalled(`stalled, for ${fruitless} faults have struck since a job has ended`);
    else if (this.idleLooks >= looksEnough && !this.awaiting())
      stalled(
        `stalled, for no job has ended since ${formatSeconds(this.workNs / 1e9)} and nothing is to come`,
      );
    else this.scheduleLook(patience);
  }

  /** True while a job or storage is at work and will end, or a strike at a fixed time or the end of a strike is to come. */
  private awaiting(): boolean {
    const { schedule, hosts, storage } = this.parts;
    if (schedule.awaited > 0 || storage?.willEnd) return true;
    return hosts.some((host) => host.processor.willEnd);
  }

  private scheduleLook({ tries, longestNs }: Patience): void {
    const { kernel } = this.parts;
    const { heartbeatNs, misses } = this.detector;
    const patienceNs = Math.max(SILENCES * misses * heartbeatNs * tries, LONGEST_WAITS * longestNs);
    const driftNs = DRIFT_HEARTBEATS * heartbeatNs;
    const longer = 1 + Math.floor(this.idleLooks / LOOKS_BEFORE_LONGER);
    kernel.schedule(kernel.now + Math.ceil((patienceNs + driftNs) * longer), this.look, 0, 0);
  }
}
