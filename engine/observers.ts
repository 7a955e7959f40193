/** All observers of a run as one, each asked only for what it watches. */
import type { FaultEffect, InjectedFault } from './faults/fault-rule.ts';
import type { Observer, SuspicionCause } from './observer.ts';
import type { Job, Message, NodeId, NoteValue } from './world.ts';

export class Observers {
  private readonly ofStarts: Observer[];
  private readonly ofJobs: Observer[];
  private readonly ofSending: Observer[];
  private readonly ofDelivery: Observer[];
  private readonly ofEntries: Observer[];
  private readonly ofLoss: Observer[];
  private readonly ofChannels: Observer[];
  private readonly ofStops: Observer[];
  private readonly ofReturns: Observer[];
  private readonly ofFaults: Observer[];
  private readonly ofEnds: Observer[];
  private readonly ofSuspicions: Observer[];
  private readonly ofNotes: Observer[];

  constructor(observers: readonly Observer[]) {
    this.ofStarts = observers.filter((observer) => observer.jobStarted);
    this.ofJobs = observers.filter((observer) => observer.jobEnded);
    this.ofSending = observers.filter((observer) => observer.messageSent);
    this.ofDelivery = observers.filter((observer) => observer.messageDelivered);
    this.ofEntries = observers.filter((observer) => observer.messageEntered);
    this.ofLoss = observers.filter((observer) => observer.messageLost);
    this.ofChannels = observers.filter((observer) => observer.channelBegun);
    this.ofStops = observers.filter((observer) => observer.hostDown);
    this.ofReturns = observers.filter((observer) => observer.hostUp);
    this.ofFaults = observers.filter((observer) => observer.faultBegan);
    this.ofEnds = observers.filter((observer) => observer.faultEnded);
    this.ofSuspicions = observers.filter((observer) => observer.peerSuspected);
    this.ofNotes = observers.filter((observer) => observer.noted);
  }

  jobStarted(node: NodeId, job: Job, timeNs: number): void {
    for (const observer of this.ofStarts) observer.jobStarted!(node, job, timeNs);
  }

  jobEnded(node: NodeId, job: Job, startNs: number, endNs: number): void {
    for (const observer of this.ofJobs) observer.jobEnded!(node, job, startNs, endNs);
  }

  messageSent(
    transfer: number,
    from: NodeId,
    to: NodeId,
    message: Message,
    bytes: number,
    timeNs: number,
  ): void {
    for (const observer of this.ofSending)
      observer.messageSent!(transfer, from, to, message, bytes, timeNs);
  }

  messageDelivered(
    transfer: number,
    from: NodeId,
    to: NodeId,
    message: Message,
    timeNs: number,
  ): void {
    for (const observer of this.ofDelivery)
      observer.messageDelivered!(transfer, from, to, message, timeNs);
  }

  /** Whether anybody asks for `messageEntered`, which takes a look at the path. */
  get followsPaths(): boolean {
    return this.ofEntries.length > 0;
  }

  messageEntered(transfer: number, emptyNs: number): void {
    for (const observer of this.ofEntries) observer.messageEntered!(transfer, emptyNs);
  }

  messageLost(from: NodeId, to: NodeId, message: Message, timeNs: number): void {
    for (const observer of this.ofLoss) observer.messageLost!(from, to, message, timeNs);
  }

  channelBegun(from: NodeId, to: NodeId, timeNs: number): void {
    for (const observer of this.ofChannels) observer.channelBegun!(from, to, timeNs);
  }

  hostDown(node: NodeId, isCrash: boolean, timeNs: number): void {
    for (const observer of this.ofStops) observer.hostDown!(node, isCrash, timeNs);
  }

  hostUp(node: NodeId, timeNs: number): void {
    for (const observer of this.ofReturns) observer.hostUp!(node, timeNs);
  }

  faultBegan(fault: InjectedFault, effect: FaultEffect): void {
    for (const observer of this.ofFaults) observer.faultBegan!(fault, effect);
  }

  faultEnded(fault: InjectedFault, timeNs: number): void {
    for (const observer of this.ofEnds) observer.faultEnded!(fault, timeNs);
  }

  peerSuspected(node: NodeId, peer: NodeId, why: SuspicionCause, timeNs: number): void {
    for (const observer of this.ofSuspicions) observer.peerSuspected!(node, peer, why, timeNs);
  }

  noted(node: NodeId, timeNs: number, name: string, value: NoteValue): void {
    for (const observer of this.ofNotes) observer.noted!(node, timeNs, name, value);
  }
}
