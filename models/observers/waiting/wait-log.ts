/**
 * An observer that says of each nanosecond in which a node could compute and does not, why: it follows what ended the wait
 * back to its beginning, through four worlds that lack ever more causes (`standings.ts`). How much shorter the wait would
 * have been in each is what the cause was worth; what remains is the order of the work itself. Sums are exact, and memory
 * is needed for what is under way alone.
 */
import type { InjectedFault } from '../../../engine/faults/fault-rule.ts';
import type { HostSpec } from '../../../engine/host-spec.ts';
import type { Topology } from '../../../engine/network/topology.ts';
import type { Observer } from '../../../engine/observer.ts';
import type { RunResult } from '../../../engine/result.ts';
import type { Job, Message, NodeId, NoteValue } from '../../../engine/world.ts';
import type { PathLog } from '../path/path-log.ts';
import { BlameTable } from './blame-table.ts';
import { CAUSE, CAUSES, REMOVABLE, type WaitRecord } from './causes.ts';
import { Disturbances } from './disturbances.ts';
import { InFlight } from './in-flight.ts';
import { Pace } from './pace.ts';
import { RepairMark } from './repair-mark.ts';
import { NOBODY, Standings, WORLD } from './standings.ts';
import { WaitTimes } from './wait-times.ts';

export interface WaitingRun {
  readonly hosts: readonly HostSpec[];
  readonly topology: Topology;
  /** The place of each node on the line of work; null where every node does all of it. */
  readonly places: readonly number[] | null;
}

type EndedRun = Pick<RunResult, 'timeNs' | 'outcome' | 'faults'>;

export class WaitLog implements Observer {
  private readonly run: WaitingRun;
  private readonly path: PathLog;
  private readonly pace: Pace;
  private readonly inFlight: InFlight;
  private readonly disturbances: Disturbances;
  private readonly times: WaitTimes;
  /** How far nodes are; how far they were when their last job ended; what has come for them and was not taken yet. */
  private readonly now: Standings;
  private readonly freed: Standings;
  private readonly inbox: Standings;
  private readonly inboxSender: Int32Array;
  /** Whose message each node took last, and when it did anything last. */
  private readonly sender: Int32Array;
  private readonly actedNs: Float64Array;
  private readonly repairs = new RepairMark();
  /** By their places in CAUSES. */
  private readonly causes: readonly Float64Array[];
  private readonly blames: BlameTable;

  /** `path` is told what nodes take, and when. */
  constructor(run: WaitingRun, path: PathLog) {
    this.path = path;
    const { nodeCount } = run.topology;
    this.run = run;
    this.pace = new Pace(run.hosts);
    this.inFlight = new InFlight(run.topology);
    this.disturbances = new Disturbances();
    this.times = new WaitTimes(nodeCount);
    this.now = new Standings(nodeCount);
    this.freed = new Standings(nodeCount);
    this.inbox = new Standings(nodeCount);
    this.inboxSender = new Int32Array(nodeCount).fill(NOBODY);
    this.sender = new Int32Array(nodeCount).fill(NOBODY);
    this.actedNs = new Float64Array(nodeCount);
    this.causes = CAUSES.map(() => new Float64Array(nodeCount));
    this.blames = new BlameTable(run.topology);
  }

  jobStarted(node: NodeId, job: Job, timeNs: number): void {
    this.act(node, timeNs);
    this.path.began(node, job, timeNs);
    const waitedNs = this.times.take(node, timeNs);
    if (waitedNs > 0) this.explain(node, waitedNs);
    this.times.begin(node);
  }

  jobEnded(node: NodeId, job: Job, startNs: number, endNs: number): void {
    const { now } = this;
    const stoodNs = this.times.end(node, endNs);
    const tookNs = endNs - startNs - stoodNs;
    this.path.ended(node, job, startNs, endNs, stoodNs);
    const shareNs = this.pace.shareNs(node, job, tookNs);
    now.pass(node, WORLD.failure, tookNs);
    for (let world = WORLD.straggler; world < REMOVABLE.length; world++)
      now.pass(node, world, shareNs);
    now.charge(node, WORLD.straggler, node, tookNs - shareNs);
    now.setRepair(node, false);
    this.freed.copy(now, node, node);
    this.sender[node] = NOBODY;
    this.actedNs[node] = endNs;
    this.takeInbox(node);
  }

  messageSent(
    transfer: number,
    from: NodeId,
    to: NodeId,
    message: Message,
    bytes: number,
    timeNs: number,
  ): void {
    // Members call each other while they wait: the work waits for nothing of that.
    if (message.isReminder !== true) this.act(from, timeNs);
    const number = this.inFlight.begin(transfer, from, to, bytes, timeNs);
    this.inFlight.standings.copy(this.now, from, number);
    this.path.sent(number, from);
  }

  messageEntered(transfer: number, emptyNs: number): void {
    this.inFlight.entered(transfer, emptyNs);
  }

  messageDelivered(
    transfer: number,
    from: NodeId,
    to: NodeId,
    { kind }: Message,
    timeNs: number,
  ): void {
    const number = this.inFlight.numberOf(transfer);
    if (number === undefined) return;
    this.travel(number, timeNs);
    const { standings } = this.inFlight;
    const isTaken = this.times.isFree(to);
    this.path.arrived(number, this.inFlight.at(number), kind, timeNs, isTaken);
    if (isTaken) {
      this.now.follow(to, standings, number);
      this.now.setRepair(to, standings.isRepair(number));
      this.sender[to] = from;
      this.actedNs[to] = timeNs;
    } else {
      const isRepair = this.inbox.isRepair(to) || standings.isRepair(number);
      this.inbox.follow(to, standings, number);
      this.inbox.setRepair(to, isRepair);
      this.inboxSender[to] = from;
    }
    this.inFlight.forget(transfer);
  }

  channelBegun(from: NodeId, to: NodeId): void {
    this.inFlight.forgetThose((flight) => flight.from === from && flight.to === to);
  }

  faultBegan(fault: InjectedFault): void {
    this.repairs.faultBegan(fault);
    this.disturbances.begin(fault);
  }

  faultEnded(fault: InjectedFault, timeNs: number): void {
    this.repairs.faultEnded(fault);
    this.disturbances.end(fault, timeNs);
  }

  noted(_node: NodeId, _timeNs: number, name: string, value: NoteValue): void {
    this.repairs.noted(name, value);
  }

  hostDown(node: NodeId, isCrash: boolean, timeNs: number): void {
    const { now } = this;
    this.times.goDown(node, isCrash, timeNs);
    if (!isCrash) return;
    // Its job and all that it had taken are for nothing; the time of a wait before the crash counts on.
    this.path.dropped(node);
    this.freed.copy(now, node, node);
    this.inbox.clear(node, 0);
    this.inboxSender[node] = NOBODY;
    this.inFlight.forgetThose(({ from, to }) => from === node || to === node);
  }

  hostUp(node: NodeId, timeNs: number): void {
    const { now } = this;
    const downNs = this.times.comeUp(node, timeNs);
    now.charge(node, WORLD.failure, node, downNs);
    if (!this.times.isFree(node)) return;
    this.sender[node] = NOBODY;
    this.actedNs[node] = timeNs;
    this.path.woken(node, timeNs);
    this.takeInbox(node);
    now.setRepair(node, true);
  }

  peerSuspected(node: NodeId, peer: NodeId, _why: unknown, timeNs: number): void {
    this.repairs.noticed();
    const { now, inbox } = this;
    now.charge(node, WORLD.failure, peer, timeNs - now.timeNs(node, WORLD.failure));
    if (!this.times.isFree(node)) {
      inbox.setRepair(node, true);
      return;
    }
    now.setRepair(node, true);
    this.sender[node] = NOBODY;
    this.actedNs[node] = timeNs;
    this.path.woken(node, timeNs);
  }

  /** The run is over: what was waited for and did not come any more. */
  end({ timeNs, outcome, faults }: EndedRun): WaitRecord {
    const isBroken = outcome === 'failed' && faults.length > 0;
    for (let node = 0; node < this.now.count; node++) {
      const waitedNs = this.times.take(node, timeNs);
      this.sender[node] = NOBODY;
      const isLost = isBroken || this.times.isDown(node);
      this.lay(node, isLost ? CAUSE.failure : CAUSE.nothingToDo, NOBODY, waitedNs);
    }
    const causes = Object.fromEntries(CAUSES.map((cause, at) => [cause, this.causes[at]]));
    return { causes: causes as WaitRecord['causes'], blames: this.blames.blames() };
  }

  /**
   * The node does something. If nothing has come for it at this instant and its engine is free, then an alarm, a disk or
   * storage wakes it. That is taken for repair while something is not repaired. Else the work itself waits for it, in every
   * world.
   */
  private act(node: NodeId, timeNs: number): void {
    if (this.actedNs[node] === timeNs || !this.times.isFree(node)) return;
    const sinceNs = timeNs - this.actedNs[node];
    this.actedNs[node] = timeNs;
    this.sender[node] = NOBODY;
    this.path.woken(node, timeNs);
    this.now.setRepair(node, this.repairs.isSet);
    if (this.repairs.isSet) return;
    for (let world = 0; world < REMOVABLE.length; world++) this.now.pass(node, world, sinceNs);
  }

  private takeInbox(node: NodeId): void {
    if (this.inboxSender[node] === NOBODY && !this.inbox.isRepair(node)) return;
    this.now.follow(node, this.inbox, node);
    this.now.setRepair(node, this.inbox.isRepair(node));
    this.sender[node] = this.inboxSender[node];
    this.inbox.clear(node, 0);
    this.inboxSender[node] = NOBODY;
  }

  /** The message has arrived: adds its time in each world. */
  private travel(number: number, timeNs: number): void {
    const { standings } = this.inFlight;
    if (standings.isRepair(number)) return;
    const flight = this.inFlight.at(number);
    const { from, to, sentNs } = flight;
    const tookNs = timeNs - sentNs;
    const emptyNs = Math.min(tookNs, Math.ceil(flight.emptyNs));
    const extraNs = tookNs - emptyNs;
    const isDisturbed = extraNs > 0 && this.disturbances.touched(from, to, sentNs);
    const usualNs = isDisturbed ? emptyNs : tookNs;
    standings.pass(number, WORLD.failure, usualNs);
    standings.pass(number, WORLD.straggler, usualNs);
    standings.pass(number, WORLD.queueing, emptyNs);
    standings.charge(number, WORLD.failure, from, tookNs - usualNs);
    standings.charge(number, WORLD.queueing, flight.fullest, usualNs - emptyNs);
    standings.charge(number, WORLD.link, flight.slowest, emptyNs);
  }

  /** Divides a wait that is over. */
  private explain(node: NodeId, waitedNs: number): void {
    let leftNs = waitedNs;
    for (let world = 0; world < REMOVABLE.length; world++) {
      const wouldNs = this.now.timeNs(node, world) - this.freed.timeNs(node, world);
      if (wouldNs >= leftNs) continue;
      this.lay(node, world, this.placeOf(node, world), leftNs - wouldNs);
      leftNs = wouldNs;
    }
    const sender = this.sender[node];
    const { places } = this.run;
    const isUpstream = places !== null && sender !== NOBODY && places[sender] !== places[node];
    this.lay(node, isUpstream ? CAUSE.bubble : CAUSE.barrier, sender, leftNs);
  }

  private placeOf(node: NodeId, world: number): number {
    const culprit = this.now.culprit(node, world);
    return world >= WORLD.queueing ? this.blames.linkPlace(culprit) : culprit;
  }

  private lay(node: NodeId, cause: number, place: number, ns: number): void {
    if (ns === 0) return;
    this.causes[cause][node] += ns;
    this.blames.add(node, this.sender[node], cause, place, ns);
  }
}
