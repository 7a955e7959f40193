/**
 * The contract between a node and the world it lives in.
 *
 * Node logic is a class of handlers. A handler runs to completion, returns nothing, and asks the world for
 * things through a few verbs; no verb calls back before the handler that used it has returned. A node knows no
 * clock but `now()`, no socket, no thread and no promise, so the same class runs in the simulator, on threads,
 * in processes and on several hosts. Nothing here knows what the nodes compute.
 */

/** A node's number, from 0. Hosts are numbered alike: node i runs on host i. */
export type NodeId = number;

/** A message is plain data (numbers, strings, typed arrays, arrays and objects of those), never a class. */
export interface Message {
  readonly kind: string;
  /**
   * Said again by and by until it is seen to: not sent where another of its kind is still on its way to the peer, so that
   * a wire that takes longer than the time between two does not fill up with them.
   */
  readonly isReminder?: boolean;
}

/** One piece of work for the node's engine. Simulated worlds charge its cost, real worlds pay it. */
export interface Job {
  /** Shown in traces and reports, such as `forward 3/2` (iteration 3, micro-batch 2). */
  readonly name: string;
  /** Floating point operations; the host's speed and its fixed overhead a task turn them into time. */
  readonly flops: number;
  /** True for recomputed, aborted, dropped or duplicate work: counted as `redo`, not `busy`. */
  readonly redo?: boolean;
  /** The step of training (iteration, clock) the work is for, so that `disown` can name it later. */
  readonly lineage?: number;
  /** The epoch the work is done in, so that `disown` can name those before another. */
  readonly epoch?: number;
  /** The work itself. Never called under `numerics: 'cost'`; called once, when the job ends, otherwise. */
  run(): void;
}

/** Deterministic chance: one named stream of it. Streams of different names are independent. */
export interface RandomStream {
  /** A whole number, uniform in [0, 2^32). */
  next(): number;
  /** A number uniform in [0, 1), with 53 random bits. */
  uniform(): number;
  /** A whole number uniform in [0, bound), without modulo bias. */
  below(bound: number): number;
}

/** What orders the writes of several nodes under one name: of equal length wherever a name is written with one. */
export type Stamp = readonly number[];

/** What an observer may be told: a number, or plain data borrowed for the length of the call. */
export type NoteValue = number | object;

/** The verbs of a node. */
export interface World<M extends Message = Message> {
  readonly self: NodeId;
  /** How often this host has lost its memory in a crash: 0 in its first life. */
  readonly incarnation: number;
  /**
   * The record that this host's own disk held when this life began, a copy; null on a new or lost disk. It outlives a
   * crash, unless the disk is lost with it.
   */
  readonly disk: object | null;
  /** Nanoseconds since the run began: modelled in a simulated world, measured in a real one. */
  now(): number;
  /** The node's own stream of that name: the same object at each call, independent of all other streams. */
  random(stream: string): RandomStream;
  /**
   * Gives the message away: the sender must not touch it, or any array in it, again. Messages between two
   * lives of two nodes arrive once, in the order of sending, whatever the wire loses, doubles or reorders, for as
   * long as a path is there: loss is only delay. What is on its way to a host that crashes never arrives.
   * `bytes` is the payload; the world adds MESSAGE_HEADER_BYTES.
   */
  send(to: NodeId, message: M, bytes: number): void;
  /** Starts a job. One at a time: asking for a second before the first has ended is an error. */
  compute(job: Job): void;
  /** Calls `woken(alarm)` after that many nanoseconds; setting the same alarm again moves it. */
  wake(alarm: string, afterNs: number): void;
  /** Takes an alarm back. An alarm that is not set is no error. */
  cancel(alarm: string): void;
  /**
   * Watches a peer: the world exchanges heartbeats with it, and calls `suspected(peer)` once when nothing at all
   * has been heard of it for the detector's silence, or when it has come back from a crash with its memory gone.
   * A peer once suspected is not watched any more; watching it again begins anew. Heartbeats are sent and answered
   * by the world, never by the node: a node that computes for long does not look dead, one that is paused does.
   * Without a detector (a run without faults) it costs nothing and nobody is ever suspected.
   */
  watch(peer: NodeId): void;
  unwatch(peer: NodeId): void;
  /**
   * Drops what was sent to the peer and has not reached it. What is sent from now on is a channel of its own. With an
   * incarnation, which the peer is known to be in, it drops what is for older ones alone: what is sent from now on reaches
   * that one, although nothing has come from it yet.
   */
  hangUp(peer: NodeId, incarnation?: number): void;
  /**
   * Writes plain data to storage that outlives every node, and calls `saved(name, isNewest)`. Replaces what had the name,
   * unless that has a later stamp: a node that stood still may end a write long after others have gone on. Stamps are
   * compared number by number, whole ones from 0 below 2^53; without one the last write counts.
   */
  save(name: string, value: object, bytes: number, stamp?: Stamp): void;
  /** Reads from that storage, and calls `loaded(name, value)`; null if nothing is there. The value is a copy. */
  load(name: string): void;
  /**
   * Replaces the record on this host's own disk, whole, by a copy of that plain data, and calls `persisted()` when it is
   * there for good. One write is under way at a time, until `persisted` is called for it; of records given meanwhile the
   * newest waits for that, and replaces an older one that waits, for which nothing is ever called. A write that is under
   * way when the host crashes has either happened or not.
   */
  persist(record: object, bytes: number): void;
  /**
   * Says that the node's jobs of that lineage and later were for nothing: their time is `redo` from now on. With `before`
   * that is said of jobs of epochs before that one alone, but of those as well that the node begins later, for it may not
   * have heard yet; with `after` of jobs alone of epochs after that one.
   */
  disown(lineage: number, node: NodeId, before?: number, after?: number): void;
  /** Ends the run as failed, in a sentence that says what cannot go on, and why. */
  giveUp(reason: string): void;
  /** Enters bytes in the node's memory ledger; over the host's limit the run ends with an out-of-memory report. */
  hold(item: string, bytes: number): void;
  /** Takes bytes out of the ledger; more than is held under that item is an error. */
  release(item: string, bytes: number): void;
  /** Tells observers. Write-only: nothing a node can see depends on it, so observing never changes a run. */
  note(name: string, value: NoteValue): void;
}

/**
 * What runs on a node. While a job runs no handler is called: messages wait in the inbox. When the job ends,
 * the world first runs it, then hands over every message that has arrived (`receive`, in order of arrival), then
 * what there is to tell of suspicions, storage and disk, in order of happening (from none of these must the node start
 * another job, its job is not over), then calls `computed`. So a node that chooses its next job in `computed` knows
 * all that has reached it. With the engine free all of it comes at once. Alarms that fall due while a job runs are
 * delivered after `computed`, as soon as the engine is free: not while a job runs that `computed` has asked for.
 *
 * A host that crashes loses its node: job, inbox, alarms, memory. When it comes back a new node is made for it, with
 * `world.incarnation` one higher, and started.
 */
export interface Node<M extends Message = Message> {
  /** The state of the node's state machine, for assertions, digests, the screen and the deadlock report. */
  readonly phase: string;
  /** True once the node has nothing left to do. The run ends well when all nodes are finished. */
  readonly finished: boolean;
  start(): void;
  receive(message: M, from: NodeId): void;
  computed(job: Job): void;
  woken(alarm: string): void;
  /** A watched peer has been silent for too long, or has lost its memory. It may be alive all the same. */
  suspected?(peer: NodeId): void;
  /** A write has ended; `isNewest` is false where what was there has a later stamp, and stays. */
  saved?(name: string, isNewest: boolean): void;
  loaded?(name: string, value: object | null): void;
  /** The write under way to the disk has ended; the one that waited, if any, is under way now. */
  persisted?(): void;
  /** What an unfinished node waits for, in a few words, for the deadlock report. */
  waitsFor(): string;
}

/** Makes the node with that id; called once a life of a node, before its `start`. */
export type NodeFactory = (world: World) => Node;

/** Bytes every message carries on the wire beside its payload (PROTOCOLS section 0). */
export const MESSAGE_HEADER_BYTES = 48;
