/**
 * The engine of a host: the one job it runs, and when that ends, also when the host is slowed or paused meanwhile. It
 * must not know what jobs are about, nor who is told of their end.
 */
import type { Accounting } from '../accounting.ts';
import { isMemoryBound, jobNs } from '../cost.ts';
import type { Distribution } from '../distribution.ts';
import { sample } from '../distribution.ts';
import type { HostSpec } from '../host-spec.ts';
import { type Kernel, NEVER } from '../kernel.ts';
import type { CoreUser, SharedCores } from './shared-cores.ts';
import type { Job, NodeId, RandomStream } from '../world.ts';

export interface ProcessorServices {
  readonly kernel: Kernel;
  readonly accounting: Accounting;
  /** Factor on the time of every job; null for none. */
  readonly computeJitter: Distribution | null;
  /** The kind of the events that end jobs. */
  readonly jobEnd: number;
  /** The cores of a host's machine; null where it has one to itself. */
  readonly coresOf: (host: HostSpec) => SharedCores | null;
}

/** Slow-downs multiply up to this factor: a job that long never ends, and numbers stay finite. */
const FACTOR_MAX = 1e100;

export class Processor implements CoreUser {
  /** The job under way, or the one whose end is being handled. */
  job: Job | null = null;
  startNs = 0;
  /** Jobs begun that take as long as they do because of the memory's bandwidth. */
  memoryBound = 0;

  private readonly self: NodeId;
  private readonly spec: HostSpec;
  private readonly services: ProcessorServices;
  private readonly jitter: RandomStream | null;
  private readonly cores: SharedCores | null;
  /** Handle of the event that ends the job, and its time. */
  private event = 0;
  private endNs = 0;
  private stopped = false;
  /** Remaining time of the job, while the host is paused. */
  private restNs = 0;
  /** Factors of the slow-downs in force, by number. Null before the first. */
  private slowings: Map<number, number> | null = null;
  /** The factor of sharing cores; and that times those of all slow-downs. */
  private sharing = 1;
  private factor = 1;

  /** `jitter` is the stream of the factor on the time of every job; null without. */
  constructor(
    self: NodeId,
    spec: HostSpec,
    services: ProcessorServices,
    jitter: RandomStream | null,
  ) {
    this.self = self;
    this.spec = spec;
    this.services = services;
    this.jitter = jitter;
    this.cores = services.coresOf(spec);
  }

  /** True while a running job will end before modelled time does. A paused host has no running job. */
  get willEnd(): boolean {
    return this.job !== null && !this.stopped && this.event !== NEVER;
  }

  /** The running job, if it ends after modelled time does. */
  get endless(): Job | null {
    return !this.stopped && this.event === NEVER ? this.job : null;
  }

  /** Starts a job, after `aheadNs` of something else; no other may be under way. */
  begin(job: Job, aheadNs: number): void {
    this.cores?.enter(this);
    const jitter = this.jitter ? sample(this.services.computeJitter!, this.jitter) : 1;
    if (isMemoryBound(this.spec, job.profile)) this.memoryBound++;
    const factor = jitter * this.factor;
    this.occupy(job, jobNs(this.spec, job.flops, factor, job.profile) + this.scaled(aheadNs));
  }

  /** Starts what takes `ns` on a host that nothing slows; no other job may be under way. */
  beginFor(job: Job, ns: number): void {
    this.cores?.enter(this);
    this.occupy(job, this.scaled(ns));
  }

  /** The job is not over yet: something else of `ns` comes first. */
  prolong(ns: number): void {
    this.scheduleEnd(this.scaled(ns));
  }

  /** The job is over. */
  end(): void {
    this.job = null;
    this.cores?.leave(this);
  }

  /** The host is paused: the job keeps its remaining time. */
  stop(): void {
    this.stopped = true;
    if (!this.job) return;
    this.services.kernel.cancel(this.event);
    this.restNs = this.endNs - this.services.kernel.now;
    this.cores?.leave(this);
  }

  /** The host resumes where it was. */
  goOn(): void {
    if (this.job) this.cores?.enter(this);
    this.stopped = false;
    if (this.job) this.scheduleEnd(this.restNs);
  }

  /** The host has crashed: its job is gone, its slow-downs stay. */
  drop(): void {
    this.stopped = false;
    if (this.job) this.services.kernel.cancel(this.event);
    this.end();
  }

  /** A slow-down begins: it multiplies with the others. The rest of the job takes that much longer. */
  slow(slowing: number, factor: number): void {
    this.slowings ??= new Map();
    this.slowings.set(slowing, factor);
    this.rescale();
  }

  slowNoMore(slowing: number): void {
    this.slowings?.delete(slowing);
    this.rescale();
  }

  shareCores(factor: number): void {
    if (factor === this.sharing) return;
    this.sharing = factor;
    this.rescale();
  }

  private scaled(ns: number): number {
    return Math.ceil(ns * this.factor);
  }

  private occupy(job: Job, ns: number): void {
    const { kernel, accounting } = this.services;
    this.job = job;
    this.startNs = kernel.now;
    const { step, epoch } = job;
    accounting.jobStarted(this.self, job.redo === true, kernel.now, step, epoch);
    this.scheduleEnd(ns);
  }

  private rescale(): void {
    const before = this.factor;
    this.factor = this.sharing;
    for (const factor of this.slowings?.values() ?? [])
      this.factor = Math.min(this.factor * factor, FACTOR_MAX);
    if (!this.job || this.factor === before) return;
    const { kernel } = this.services;
    const restNs = this.stopped ? this.restNs : this.endNs - kernel.now;
    const rescaledNs = Math.ceil((restNs * this.factor) / before);
    if (this.stopped) {
      this.restNs = rescaledNs;
      return;
    }
    kernel.cancel(this.event);
    this.scheduleEnd(rescaledNs);
  }

  private scheduleEnd(afterNs: number): void {
    const { kernel, jobEnd } = this.services;
    this.endNs = kernel.now + afterNs;
    this.event = kernel.schedule(this.endNs, jobEnd, this.self, 0);
  }
}
