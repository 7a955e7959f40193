/**
 * Finds runs that make no progress. Heartbeats keep the event queue from running empty, so a deadlock does not show
 * by itself. It must not know what nodes do, only whether anything gets done.
 */
import { formatSeconds } from '../format.ts';
import type { Accounting } from '../accounting.ts';
import type { Host } from '../host/host.ts';
import type { Kernel } from '../kernel.ts';
import type { Storage } from '../storage/storage.ts';
import type { DetectorSpec } from './fault-rule.ts';
import type { FaultSchedule } from './fault-schedule.ts';
import type { FaultableTransport } from './faultable-transport.ts';
import type { Patience } from './patience.ts';

/** What it looks at. */
interface StallParts {
  readonly kernel: Kernel;
  readonly accounting: Accounting;
  readonly hosts: readonly Host[];
  readonly transport: FaultableTransport;
  readonly schedule: FaultSchedule;
  readonly storage: Storage | null;
  /** The run is stalled; `why` says how that shows. */
  stalled(why: string): void;
}

/**
 * The time between two looks: so many of the detector's silences, times the transmissions that a frame needs on
 * average; or so many times the longest wait for an answer, if that is more. An acknowledgement needs as many
 * transmissions again, so a stall takes at least that many looks in a row.
 */
const SILENCES = 200;
const LONGEST_WAITS = 20;
/** Added heartbeats, so that looks do not fall in step with periodic messages. */
const DRIFT_HEARTBEATS = 0.618;
/** Looks in a row without a job done that are a stall although messages are received: waiting nodes may talk. */
const LOOKS_OF_TALK = 10;
/**
 * Looks for which bytes in flight are waited for: something is always in flight to a host that is gone. The largest
 * frame takes less than one look on a path of its own.
 */
const LOOKS_OF_CARRYING = 100;
/** The interval grows after every so many looks in which nothing was done: what is awaited may be days away. */
const LOOKS_BEFORE_LONGER = 100;
/** So many faults without a job done in between are a stall, whatever is still to come. */
const FAULTS_WITHOUT_WORK = 1000;

export class StallWatch {
  private readonly detector: DetectorSpec;
  private readonly parts: StallParts;
  private readonly look: number;
  /** Counts at the last look: jobs ended, messages received by hosts, awaited faults that have happened. */
  private jobs = 0;
  private received = 0;
  private faultsCome = 0;
  /** Wrong suspicions by then: as long as nodes learn how slow others are, all may still go well. */
  private wrongSuspicions = 0;
  /** Faults injected when a look last found that jobs had ended. */
  private faults = 0;
  /** When a look last found something done, and the number of looks since. */
  private workNs = 0;
  private idleLooks = 0;

  constructor(detector: DetectorSpec, parts: StallParts) {
    this.detector = detector;
    this.parts = parts;
    this.look = parts.kernel.register(() => this.lookAround());
    this.scheduleLook(parts.transport.takePatience());
  }

  private lookAround(): void {
    const { kernel, schedule, accounting, transport, stalled } = this.parts;
    const patience = transport.takePatience();
    const { wrongSuspicions } = patience;
    const { jobs, received } = accounting;
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

  /** True while a job or storage operation will end, or a fault at a fixed time or the end of a fault is to come. */
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
