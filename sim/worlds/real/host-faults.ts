/**
 * Applies faults for real: a crash ends a node's runner and starts another for its next incarnation, a pause holds
 * it, a slow-down makes its jobs wait. The engine's own schedule of faults decides when and where, by the real clock.
 */
import type {
  DetectorSpec,
  FaultEffect,
  FaultRule,
  InjectedFault,
} from '../../../engine/faults/fault-rule.ts';
import { FaultSchedule, type FaultSubjects } from '../../../engine/faults/fault-schedule.ts';
import { Observers } from '../../../engine/observers.ts';
import type { Observer } from '../../../engine/observer.ts';
import type { NodeId } from '../../../engine/world.ts';
import { MeasuredKernel } from './measured-kernel.ts';
import type { SharedBoard } from './shared-board.ts';
import type { Crew } from './crew.ts';
import { Watches } from './watches.ts';

/** The kinds of faults that real nodes can have. */
export const PLAYABLE: readonly FaultEffect['kind'][] = ['crash', 'pause', 'slow'];

export interface HostFaultOptions {
  readonly rules: readonly FaultRule[];
  readonly detector: DetectorSpec;
  /** Maps the time of the run to that of faults and silences; the same if left out. */
  readonly clock?: (runNs: number) => number;
}

/** The run that the faults act on. */
interface StruckRun {
  readonly board: SharedBoard;
  readonly crew: Crew;
  readonly origin: bigint;
  /** Nanoseconds of the run. */
  now(): number;
  /** A node has gone: maybe all the others are finished. */
  nodeGone(node: NodeId): void;
  failed(error: unknown): void;
}

export class HostFaults implements FaultSubjects {
  readonly schedule: FaultSchedule;
  readonly watches: Watches;
  /** Nodes that are down and will come back. */
  returning = 0;
  /** Nodes that are down and whose runners have not ended yet. */
  leaving = 0;
  private readonly run: StruckRun;
  private readonly kernel: MeasuredKernel;
  private readonly up: boolean[];
  /** Pending actions on the runner of each node, one after the other. */
  private readonly work: Promise<void>[];
  /** Numbers of the pauses that hold each node, and since when it is held. */
  private readonly pauses: readonly Set<number>[];
  private readonly heldSinceNs: number[];
  /** Factors of the slow-downs of each node, by number. */
  private readonly slowings: readonly Map<number, number>[];

  constructor(
    { rules, detector, clock = (runNs) => runNs }: HostFaultOptions,
    seed: number,
    observers: readonly Observer[],
    run: StruckRun,
  ) {
    const { nodeCount } = run.board;
    this.run = run;
    this.up = new Array<boolean>(nodeCount).fill(true);
    this.work = this.up.map(() => Promise.resolve());
    this.pauses = this.up.map(() => new Set<number>());
    this.heldSinceNs = this.up.map(() => 0);
    this.slowings = this.up.map(() => new Map<number, number>());
    this.kernel = new MeasuredKernel(
      () => clock(run.now()),
      (error) => run.failed(error),
    );
    const told = new Observers(observers);
    this.watches = new Watches(this.kernel, detector, (watcher, peer, serial) => {
      told.peerSuspected(watcher, peer, 'silent', this.kernel.now);
      run.crew.tell(watcher, { kind: 'suspected', peer, serial });
    });
    this.schedule = new FaultSchedule(this.kernel, told, rules, seed, nodeCount, this);
  }

  start(): void {
    this.kernel.begin();
  }

  /** The run is over: no more faults, and no node is held. */
  stop(): void {
    this.kernel.stop();
    for (const node of this.up.keys()) this.run.crew.release(node);
  }

  isUp(node: NodeId): boolean {
    return this.up[node];
  }

  /** All faults here act on hosts. */
  isFelt(): boolean {
    return true;
  }

  begin({ nodes, number, endNs }: InjectedFault, effect: FaultEffect): void {
    for (const node of nodes)
      if (effect.kind === 'crash') this.crash(node, endNs !== null, effect.disk === 'lost');
      else if (effect.kind === 'pause') this.pause(node, number);
      else if (effect.kind === 'slow') {
        this.slowings[node].set(number, effect.factor);
        this.pace(node);
      }
  }

  end({ nodes, number }: InjectedFault, effect: FaultEffect): void {
    for (const node of nodes)
      if (effect.kind === 'crash') this.comeBack(node);
      else if (effect.kind === 'pause') this.goOn(node, number);
      else if (effect.kind === 'slow') {
        this.slowings[node].delete(number);
        this.pace(node);
      }
  }

  private crash(node: NodeId, willReturn: boolean, isDiskLost: boolean): void {
    const { board, crew } = this.run;
    this.up[node] = false;
    this.leaving++;
    if (willReturn) this.returning++;
    this.queue(node, async () => {
      await crew.dismiss(node);
      if (isDiskLost) crew.loseDisk(node);
      this.pauses[node].clear();
      board.wentDown(node, this.run.now());
      crew.release(node);
      board.set(node, 'finished', 0);
      this.watches.forget(node);
      this.watches.silent(node);
      this.leaving--;
      this.run.nodeGone(node);
      if (!willReturn || this.kernel.stopped) return;
      // A runner takes time to start, so it is started before the node's return.
      await crew.hire(node);
    });
  }

  private comeBack(node: NodeId): void {
    const { crew, origin } = this.run;
    this.queue(node, () => {
      this.returning--;
      if (this.kernel.stopped) return;
      this.up[node] = true;
      crew.revive(node);
      this.watches.returned(node);
      crew.tell(node, { kind: 'start', origin });
    });
  }

  private queue(node: NodeId, act: () => Promise<void> | void): void {
    this.work[node] = this.work[node].then(act).catch((error) => this.run.failed(error));
  }

  private pause(node: NodeId, number: number): void {
    if (this.pauses[node].add(number).size > 1) return;
    this.heldSinceNs[node] = this.run.now();
    this.run.crew.hold(node, this.heldSinceNs[node]);
    this.watches.hold(node);
    this.watches.silent(node);
  }

  /** Ends that pause of the node, unless a crash has. The node resumes when no other pause holds it. */
  private goOn(node: NodeId, number: number): void {
    const { crew } = this.run;
    if (!this.pauses[node].delete(number) || this.pauses[node].size > 0) return;
    if (!this.up[node]) return;
    // In this order: a resuming node finds out at once for how long it was held.
    crew.tell(node, { kind: 'goOn', fromNs: this.heldSinceNs[node], toNs: this.run.now() });
    crew.release(node);
    this.watches.heard(node);
    this.watches.goOn(node);
  }

  private pace(node: NodeId): void {
    const factors = [...this.slowings[node].values()];
    const slowness = factors.reduce((product, factor) => product * factor, 1);
    this.run.crew.pace(node, slowness);
  }
}
