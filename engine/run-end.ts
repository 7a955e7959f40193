/**
 * When and how a simulated run ends. It counts the nodes that have something left to do, and finds out why a run makes no
 * progress any more. It must not know what the nodes compute.
 */
import type { FaultInjector } from './faults/fault-injector.ts';
import type { Host } from './host/host.ts';
import type { FailedHost, HostKeeper } from './host/host-services.ts';
import type { Kernel } from './kernel.ts';
import type { RunFailure, RunOutcome } from './result.ts';
import { deadlock, handlerFailure, nobodyLeft, timeOver } from './run-failure.ts';
import type { SimulationOptions } from './simulation-options.ts';
import type { Storage } from './storage/storage.ts';
import type { MessageCarrier } from './transport.ts';

/** What it looks at; `hosts` may be filled later. */
interface RunEndParts extends Pick<SimulationOptions, 'missing' | 'whyEndless'> {
  readonly kernel: Kernel;
  readonly hosts: readonly Host[];
  readonly transport: MessageCarrier;
  readonly storage: Storage | null;
}

export class RunEnd implements HostKeeper {
  /** Null while the run goes on. */
  outcome: RunOutcome | null = null;
  failure: RunFailure | null = null;
  /** Nodes that are up and not finished. */
  unfinishedNodes = 0;
  /** Null where nothing can fail. */
  injector: FaultInjector | null = null;
  private finishedNodes = 0;
  private readonly parts: RunEndParts;

  constructor(parts: RunEndParts) {
    this.parts = parts;
  }

  get failed(): boolean {
    return this.failure !== null;
  }

  /** Ends the run. No effect on a run that has ended. */
  end(outcome: RunOutcome, failure: RunFailure | null = null): void {
    if (this.outcome !== null) return;
    this.outcome = outcome;
    this.failure = failure;
    this.parts.kernel.stop();
  }

  nodeFinished(): void {
    this.unfinishedNodes--;
    this.finishedNodes++;
    this.endIfDone();
  }

  handlerFailed(host: FailedHost, doing: string, error: unknown): void {
    this.end('failed', handlerFailure(host.self, host.node.phase, doing, error));
  }

  hostLost(wasFinished: boolean): void {
    if (wasFinished) this.finishedNodes--;
    else this.unfinishedNodes--;
  }

  /** Ends the run when no node that is up has anything left to do: the work is done, or no node will return to do it. */
  endIfDone(): void {
    if (this.unfinishedNodes > 0 || this.outcome !== null) return;
    const { hosts, kernel } = this.parts;
    const missing = this.parts.missing?.() ?? null;
    if (this.finishedNodes > 0 && missing === null) this.end('finished');
    else if ((this.injector?.returning ?? 0) === 0) {
      const down = hosts.filter(({ isUp }) => !isUp).map(({ self }) => self);
      const nobody = nobodyLeft(down, hosts.length, kernel.now, missing);
      this.end('failed', this.endless() ?? nobody);
    }
  }

  /** The run makes no progress any more; `why` says how that shows. */
  failDeadlocked(why = 'nothing is left to happen'): void {
    const { hosts, kernel } = this.parts;
    const standings = hosts.filter((host) => !host.isFinished).map((host) => host.standing());
    const returning = this.injector?.returning ?? 0;
    const gone = returning > 0 ? [] : hosts.filter(({ isUp }) => !isUp).map(({ self }) => self);
    this.end('failed', this.endless() ?? deadlock(standings, hosts.length, kernel.now, why, gone));
  }

  /** The failure of a run that gets no further because modelled time ends; null if that is not the reason. */
  private endless(): RunFailure | null {
    const { kernel, hosts, transport, storage, whyEndless } = this.parts;
    const isAtEnd = kernel.pending === 0 && kernel.isCutOff;
    const late = hosts.find(({ processor }) => processor.endless);
    const { name, flops, profile } = late?.processor.endless ?? { name: '', flops: 0 };
    const why = whyEndless?.({
      ...{ timeNs: kernel.now, isAtEnd },
      job: late ? { node: late.self, name, flops, profile } : null,
      transfer: transport.endless(),
      storage: storage?.endless ?? null,
      faults: this.injector?.schedule.faults ?? [],
    });
    if (why) return timeOver(kernel.now, why);
    return isAtEnd ? timeOver(kernel.now, 'what comes next lies beyond') : null;
  }
}
