/**
 * The observer of what faults do to a run: when each fault was noticed, when training went on, what was lost or
 * redone, and an event log in words. It takes the world's fault events and the notes of any protocol, and changes
 * nothing. `FaultAttribution` says which of several overlapping faults caused an observation; `UnrepairedFaults` says
 * which one the costs of a repair are charged to.
 */
import type { FaultEffect, InjectedFault } from '../../engine/faults/fault-rule.ts';
import type { Topology } from '../../engine/network/topology.ts';
import type { Observer, SuspicionCause } from '../../engine/observer.ts';
import type { Message, NodeId, NoteValue } from '../../engine/world.ts';
import {
  EventList,
  haltedText,
  lostText,
  overText,
  recoveredText,
  repairText,
  struckText,
} from './fault-events.ts';
import type { FaultEvent, FaultEventKind, FaultRecord } from './fault-record.ts';
import { HealthBoard } from './health.ts';
import {
  type HaltedNote,
  type IterationNote,
  type LostNote,
  NOTES,
  type RecoveredNote,
  type RedoneNote,
  type RepairNote,
  type SuspectedNote,
} from '../spec/notes.ts';
import { UnrepairedFaults } from './unrepaired-faults.ts';
import { FaultCosts } from './fault-costs.ts';
import { type TrackedFault, trackFault, FaultAttribution } from './fault-attribution.ts';
import { reachOf } from './fault-reach.ts';
import { Throughput } from './throughput.ts';

/** Faults with an account of their own. */
const FAULTS_KEPT = 10_000;

export interface FaultLogOptions {
  readonly topology: Topology;
  /** After which a peer is suspected. */
  readonly silenceNs: number;
  /** One byte a node, all 0, for its code of HEALTHS; may lie in shared memory. */
  readonly health?: Uint8Array;
  readonly faultsKept?: number;
  readonly eventsKeptEachEnd?: number;
}

export class FaultLog implements Observer {
  private readonly faultsKept: number;
  private readonly health: HealthBoard;
  private readonly events: EventList;
  private readonly attribution: FaultAttribution;
  private readonly unrepaired: UnrepairedFaults;
  private readonly costs: FaultCosts;
  private readonly topology: Topology;
  private readonly throughput = new Throughput();
  private readonly faults = new Map<number, TrackedFault>();
  private faultsLeftOut = 0;
  /** Repaired faults, after which no iteration has been committed yet. */
  private awaited: TrackedFault[] = [];
  private iterations = 0;
  /** Samples of all iterations noted so far. */
  private samples = 0;
  /** The newest epoch heard of. */
  private epoch = 0;
  private readonly sums = {
    checkpoints: 0,
    recoveries: 0,
    halts: 0,
  };
  private lastCheckpoint: number | null = null;
  private struck = 0;
  private crashes = 0;

  constructor(options: FaultLogOptions) {
    this.faultsKept = options.faultsKept ?? FAULTS_KEPT;
    this.topology = options.topology;
    this.attribution = new FaultAttribution(options.silenceNs);
    this.unrepaired = new UnrepairedFaults(this.attribution);
    this.costs = new FaultCosts(this.unrepaired);
    this.health = new HealthBoard(options.health ?? new Uint8Array(this.topology.nodeCount));
    this.events = new EventList(options.eventsKeptEachEnd);
  }

  /** Events so far. */
  get eventCount(): number {
    return this.events.count;
  }

  /** Counts so far. */
  get counts() {
    return {
      crashes: this.crashes,
      others: this.struck - this.crashes,
      repairs: this.sums.recoveries,
      redoneSamples: this.costs.redoneSamples,
      lostParameters: this.costs.lostParameters,
    };
  }

  /** The kept events from that number (from 0) on. */
  eventsSince(number: number): FaultEvent[] {
    return this.events.since(number);
  }

  faultBegan(fault: InjectedFault, effect: FaultEffect): void {
    const { kind, nodes, timeNs } = fault;
    if (kind === 'crash') {
      this.crashes++;
      for (const node of nodes) this.health.died(node);
    }
    this.struck++;
    this.tell(timeNs, nodes.length === 1 ? nodes[0] : null, 'struck', struckText(fault));
    if (this.faults.size >= this.faultsKept) {
      this.faultsLeftOut++;
      return;
    }
    const before = this.throughput.before();
    const after = this.throughput.after(fault.endNs ?? timeNs);
    const reach = reachOf(effect, nodes, this.topology);
    const live = trackFault(fault, before, after, this.iterations, reach);
    this.faults.set(fault.number, live);
    this.unrepaired.add(live);
  }

  faultEnded(fault: InjectedFault, timeNs: number): void {
    const isReturn = fault.kind === 'crash';
    if (isReturn) for (const node of fault.nodes) this.health.returned(node);
    const node = fault.nodes.length === 1 ? fault.nodes[0] : null;
    if (fault.nodes.length > 0)
      this.tell(timeNs, node, isReturn ? 'returned' : 'over', overText(fault));
    const live = this.faults.get(fault.number);
    if (!live) return;
    live.record.endNs = timeNs;
    this.attribution.over(live, timeNs);
    // A crash is not over when the host returns: the node's memory is still gone.
    if (!isReturn) this.attribution.close(live);
  }

  messageLost(from: NodeId, to: NodeId, _message: Message, _timeNs: number): void {
    const fault = this.attribution.ofLoss(from, to);
    if (fault) fault.record.messagesLost++;
  }

  peerSuspected(node: NodeId, peer: NodeId, why: SuspicionCause, timeNs: number): void {
    this.attribution.suspected(node, peer, why, timeNs);
  }

  noted(node: NodeId, timeNs: number, name: string, value: NoteValue): void {
    switch (name) {
      case NOTES.iteration:
        this.takeIteration(timeNs, value as IterationNote);
        break;
      case NOTES.suspected:
        this.takeSuspected(node, timeNs, value as SuspectedNote);
        break;
      case NOTES.repair:
        this.health.repairs(node);
        this.tell(timeNs, node, 'repair', repairText(node, value as RepairNote));
        break;
      case NOTES.recovered:
        this.takeRecovered(timeNs, value as RecoveredNote);
        break;
      case NOTES.redone:
        this.costs.redoneOf(value as number | RedoneNote);
        break;
      case NOTES.halted:
        this.sums.halts++;
        this.tell(timeNs, node, 'halted', haltedText(node, value as HaltedNote));
        break;
      case NOTES.lost:
        this.takeLost(node, timeNs, value as LostNote);
        break;
      case NOTES.checkpoint:
        this.sums.checkpoints++;
        this.lastCheckpoint = value as number;
    }
  }

  /** Everything so far, as plain data of its own. */
  record(): FaultRecord {
    return {
      accounts: [...this.faults.values()].map(({ record, after, iterationsBefore }) => ({
        ...record,
        throughputAfter: after.perSecond,
        iterationsSince: Math.max(0, this.iterations - iterationsBefore),
      })),
      faultsLeftOut: this.faultsLeftOut,
      ...this.events.record(),
      ...this.sums,
      ...this.costs.record(),
      lastCheckpoint: this.lastCheckpoint,
    };
  }

  private takeIteration(timeNs: number, note: IterationNote): void {
    // A late note of a node that was thought dead: no sign that training goes on.
    if (note.epoch !== undefined && note.epoch < this.epoch) return;
    this.epoch = note.epoch ?? this.epoch;
    this.iterations = note.iteration + 1;
    this.samples = note.samples;
    this.throughput.take(timeNs, note);
    for (const { record } of this.awaited) record.recoveredNs = timeNs;
    this.awaited = [];
  }

  private takeSuspected(node: NodeId, timeNs: number, { peer }: SuspectedNote): void {
    this.health.suspected(peer, node);
    this.tell(timeNs, peer, 'suspected', `node ${node} suspects node ${peer}`);
    const fault = this.attribution.ofSuspicion(node, peer);
    if (!fault) this.unrepaired.falseAlarm();
    if (!fault || fault.record.detectedNs !== null) return;
    fault.record.detectedNs = timeNs;
    this.unrepaired.notice(fault);
  }

  private takeRecovered(timeNs: number, note: RecoveredNote): void {
    this.sums.recoveries++;
    this.epoch = Math.max(this.epoch, note.epoch);
    if (note.from === 'checkpoint') this.costs.restarted(note.epoch);
    this.health.recovered(note);
    this.tell(timeNs, null, 'recovered', recoveredText(note));
    // Where all members have lost their memory, none knows what had been begun since the checkpoint.
    const knowsNobody = note.from === 'checkpoint' && note.joined.length === note.members.length;
    if (note.untold) this.takeForgotten(note);
    else if (knowsNobody && !this.costs.isRedoNoted) this.costs.redone(null);
    this.costs.isRedoNoted = false;
    const repaired = this.unrepaired.recovered(note);
    this.awaited.push(...repaired);
    this.throughput.recovered(
      timeNs,
      repaired.map(({ after }) => after),
    );
  }

  /** The faults on the members have undone what was noted beyond that version. */
  private takeForgotten({ version }: { readonly version: number }): void {
    const { iterations, samples } = this;
    if (iterations > version)
      this.costs.redone(Math.round((samples * (iterations - version)) / iterations));
  }

  private takeLost(node: NodeId, timeNs: number, note: LostNote): void {
    if (!this.costs.lost(note)) return;
    this.tell(timeNs, node, 'lost', lostText(note));
    if (note.view?.again === null) this.takeForgotten(note.view);
  }

  private tell(timeNs: number, node: NodeId | null, kind: FaultEventKind, text: string): void {
    this.events.add({ timeNs, node, kind, text });
  }
}
