/**
 * Watches one protocol run in any world: keeps the logs of training and of faults, and gives a screen what is new. It
 * changes nothing in the run.
 */
import type { DetectorSpec } from '../../engine/faults/fault-rule.ts';
import type { Observer } from '../../engine/observer.ts';
import type { Topology } from '../../engine/network/topology.ts';
import type { RunResult } from '../../engine/result.ts';
import { FaultLog } from '../../models/observers/fault-log.ts';
import { type IterationNote, NOTES } from '../../models/spec/notes.ts';
import type { TrainingLog } from '../../models/observers/training-log.ts';
import type { EventLine, FaultCounts, LinksGlimpse, RoleShares } from '../progress.ts';
import type { ResolvedScenario } from '../scenario/resolved.ts';
import { topologyOf } from '../topology.ts';
import { EVENTS_SHOWN, linksGlimpse, roleShares, type TimeAccounts } from './glimpse.ts';
import type { ProtocolRun } from './protocol-run.ts';
import { RecentShares } from './recent-shares.ts';

/** The run that is watched. */
interface WatchedRun extends TimeAccounts {
  readonly timeNs: number;
  readonly events: number;
  /** Bytes on the network so far; left out where it is not known which iteration took them. */
  readonly bytes?: number;
  /** The most bytes that any node has held so far. */
  readonly peakMemoryBytes: number;
  /** Nanoseconds of full use of every link so far; left out where the world does not know it. */
  linkBusyNs?(): Float64Array;
}

/** What a screen gets of a run, now and then. */
export interface Glimpse {
  readonly iterations: number;
  /** Losses since the last glimpse, and how many came before them; a rollback removes some. */
  readonly losses: readonly number[];
  readonly lossesFrom: number;
  /** The last events since the last glimpse, and the number of all events of this protocol. */
  readonly events: readonly EventLine[];
  readonly eventCount: number;
  readonly accuracy: number | null;
  readonly shares: RoleShares[];
  readonly peakMemoryBytes: number;
  /** Left out where the world does not know it. */
  readonly links?: LinksGlimpse;
  /** Events by the end of the last iteration. */
  readonly eventsAtIteration: number;
  readonly faults?: FaultCounts;
}

/** Arrays that are updated all the time: see RunView. */
export interface Pictures {
  readonly recent: Uint8Array;
  readonly health: Uint8Array;
}

/** Known once the run is assembled. */
interface Watched {
  readonly run: WatchedRun;
  readonly log: TrainingLog;
  readonly roles: readonly string[];
}

export class ProtocolWatch {
  /** Observers of the run, beside the training log. */
  readonly observers: readonly Observer[];
  private readonly index: number;
  private readonly topology: Topology;
  private readonly recent: RecentShares;
  /** Null where nothing can fail. */
  private readonly faultLog: FaultLog | null;
  private watched: Watched | null = null;
  /** Bytes on the network by the end of each iteration, where they are known. */
  private readonly bytesAtEnd = new Map<number, number | undefined>();
  private epoch = 0;
  private eventsAtIteration = 0;
  private lossesShown = 0;
  private rollbacksShown = 0;
  private eventsShown = 0;

  constructor(
    scenario: ResolvedScenario,
    index: number,
    detector: DetectorSpec | null,
    { recent, health }: Pictures,
  ) {
    this.index = index;
    this.topology = topologyOf(scenario);
    health.fill(0);
    this.recent = new RecentShares(recent);
    this.faultLog = detector
      ? new FaultLog({
          topology: this.topology,
          silenceNs: detector.misses * detector.heartbeatNs,
          health,
        })
      : null;
    const noted: Observer['noted'] = (_node, _timeNs, name, value) => {
      if (name === NOTES.iteration) this.iterationEnded(value as IterationNote);
    };
    this.observers = this.faultLog ? [{ noted }, this.faultLog] : [{ noted }];
  }

  /** The run is assembled, and has not begun. */
  begin(watched: Watched): void {
    this.watched = watched;
  }

  /** The present figures, and what is new since the last call. */
  glimpse(): Glimpse {
    const { run, log, roles } = this.watched!;
    const { timeNs } = run;
    this.recent.update(run);
    const lossesFrom = log.rollbacks === this.rollbacksShown ? this.lossesShown : 0;
    const losses = log.losses.slice(lossesFrom);
    this.lossesShown = lossesFrom + losses.length;
    this.rollbacksShown = log.rollbacks;
    return {
      iterations: log.iterationCount,
      losses,
      lossesFrom,
      ...this.newEvents(),
      accuracy: log.accuracy,
      shares: roleShares(run, roles, timeNs),
      peakMemoryBytes: run.peakMemoryBytes,
      links: run.linkBusyNs && linksGlimpse(this.topology, run.linkBusyNs(), timeNs),
      eventsAtIteration: this.eventsAtIteration,
      faults: this.faultLog?.counts,
    };
  }

  /** The result of the run. */
  record(result: RunResult, wallSeconds: number): Omit<ProtocolRun, 'trace'> {
    const { log, roles } = this.watched!;
    const training = log.record();
    const iterations = training.iterations.map((row) => {
      const bytes = this.bytesAtEnd.get(row.iteration);
      return bytes === undefined ? row : { ...row, bytes };
    });
    return {
      ...{ index: this.index, roles, result, wallSeconds },
      training: { ...training, iterations },
      faults: this.faultLog?.record(),
    };
  }

  private iterationEnded({ iteration, epoch = 0 }: IterationNote): void {
    // A late note of an older epoch: the training log ignores it too.
    if (epoch < this.epoch) return;
    const { run } = this.watched!;
    this.epoch = epoch;
    this.bytesAtEnd.set(iteration, run.bytes);
    this.eventsAtIteration = run.events;
  }

  private newEvents(): { events: EventLine[]; eventCount: number } {
    const eventCount = this.faultLog?.eventCount ?? 0;
    const first = Math.max(this.eventsShown, eventCount - EVENTS_SHOWN);
    this.eventsShown = eventCount;
    const events = this.faultLog?.eventsSince(first) ?? [];
    const protocol = this.index;
    return { events: events.map(({ timeNs, text }) => ({ protocol, timeNs, text })), eventCount };
  }
}
