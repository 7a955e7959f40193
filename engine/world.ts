/**
 * The contract between a node and the world it lives in.
 *
 * Node logic is a class of handlers. A handler runs to completion, returns nothing, and asks the world for
 * things through a few verbs; no verb calls back before the handler that used it has returned. A node knows no
 * clock but `now()`, no socket, no thread and no promise, so the same class runs in the simulator, on threads,
 * in processes and on several hosts. Nothing here knows what the nodes compute.
 */

/** A node's number, from 0. Node i runs on host i. */
export type NodeId = number;

/** A message is plain data (numbers, strings, typed arrays, arrays and objects of those), never a class. */
export interface Message {
  readonly kind: string;
  /**
   * A message that its sender repeats until it has an effect. The world drops it while an earlier one of its kind is
   * still in flight to that peer: a slow wire would otherwise fill up with repetitions. Where some messages of a kind are
   * reminders, the others say false.
   */
  readonly isReminder?: boolean;
}

/** What the time of a job depends on beside its operations; jobs of a kind share one. */
export interface JobProfile {
  /** Fixed time of its own, beside the host's overhead a task. */
  readonly overheadNs: number;
  /** Samples that are computed together, for hosts that are the more efficient the more there are; 0: none. */
  readonly samples: number;
  /** Of its operations those that take each number from memory once and are over with it: updates and sums. */
  readonly elementWiseFlops: number;
  /** Bytes that those read and write. */
  readonly elementWiseBytes: number;
}

/** One piece of work for the node's engine. Simulated worlds charge its cost, real worlds pay it. */
export interface Job {
  /** Shown in traces and reports, such as `forward 3/2` (iteration 3, micro-batch 2). */
  readonly name: string;
  /** Floating point operations; the host's speed and its fixed overhead a task turn them into time. */
  readonly flops: number;
  /** Left out: nothing beside the operations. */
  readonly profile?: JobProfile;
  /** True for recomputed, aborted, dropped or duplicate work: counted as `redo`, not `busy`. */
  readonly redo?: boolean;
  /** Which part of all the work it is for, in order: an observer may find out that from some part on it was for nothing. */
  readonly step?: number;
  /** The epoch in which the work is done: what an older one did may have been done again. */
  readonly epoch?: number;
  /** The work itself. Never called under `numerics: 'cost'`; called once, when the job ends, otherwise. */
  run(): void;
}

/** One named stream of deterministic random numbers. Streams of different names are independent. */
export interface RandomStream {
  /** A whole number, uniform in [0, 2^32). */
  next(): number;
  /** A number uniform in [0, 1), with 53 random bits. */
  uniform(): number;
  /** A whole number uniform in [0, bound), without modulo bias. */
  below(bound: number): number;
}

/** Orders the writes of several nodes under one name. All stamps of a name have the same length. */
export type Stamp = readonly number[];

/** What an observer may be told: a number, or plain data borrowed for the length of the call. */
export type NoteValue = number | object;

/** The verbs of a node. */
export interface World<M extends Message = Message> {
  readonly self: NodeId;
  /** How often this host has lost its memory in a crash: 0 before the first crash. */
  readonly incarnation: number;
  /**
   * The record that this host's own disk held when this incarnation began, a copy; null on a new or lost disk. It outlives a
   * crash, unless the disk is lost with it.
   */
  readonly disk: object | null;
  /** Nanoseconds since the run began: modelled in a simulated world, measured in a real one. */
  now(): number;
  /** The node's own stream of that name: the same object at each call, independent of all other streams. */
  random(stream: string): RandomStream;
  /**
   * Gives the message away: the sender must not touch it, or any array in it, again. Messages from one node to another
   * arrive once and in the order of sending, as long as neither crashes. Loss, duplication and reordering on the wire
   * only cost time. What is on its way to a host that crashes never arrives.
   * `bytes` is the payload; the world adds MESSAGE_HEADER_BYTES.
   */
  send(to: NodeId, message: M, bytes: number): void;
  /** Starts a job. One at a time: a second before the first has ended is an error. */
  compute(job: Job): void;
  /** Calls `woken(alarm)` after that many nanoseconds; setting the same alarm again moves it. */
  wake(alarm: string, afterNs: number): void;
  /** Cancels an alarm. An alarm that is not set is no error. */
  cancel(alarm: string): void;
  /**
   * Watches a peer: the world exchanges heartbeats with it, and calls `suspected(peer)` once when nothing at all
   * has been heard of it for the detector's silence, or when it has come back from a crash with its memory gone.
   * The watch is over then; `watch` begins a new one. The world sends and answers heartbeats, not the node: so a node
   * that computes for long does not look dead, and one that is paused does. In a run without faults nobody is suspected,
   * and watching costs nothing.
   */
  watch(peer: NodeId): void;
  unwatch(peer: NodeId): void;
  /**
   * Drops what was sent to the peer and has not reached it. Later messages travel on a new channel. With an
   * incarnation, which the peer is known to be in, only what is for older ones is dropped: later messages reach that
   * incarnation, although nothing has come from it yet.
   */
  hangUp(peer: NodeId, incarnation?: number): void;
  /**
   * Writes plain data to storage that outlives every node, and calls `saved(name, isNewest)`. It replaces what has the
   * name, unless that has a later stamp: a node that was paused may end a write long after others have gone on. A stamp is
   * a list of whole numbers from 0 below 2^53, compared one by one; without stamps the last write counts.
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
  /** Ends the run as failed. The reason is a sentence that says what cannot go on, and why. */
  giveUp(reason: string): void;
  /** Adds bytes to the node's memory ledger. Over the host's limit the run ends with an out-of-memory report. */
  hold(item: string, bytes: number): void;
  /** Removes bytes from the ledger; more than that item holds is an error. */
  release(item: string, bytes: number): void;
  /** Tells observers. Nothing that a node can see depends on it, so observing never changes a run. */
  note(name: string, value: NoteValue): void;
}

/**
 * What runs on a node. While a job runs no handler is called: messages wait in the inbox. When the job ends,
 * the world runs it, hands over every message that has arrived (`receive`, in order of arrival), then suspicions and
 * answers of storage and disk (in the order in which they happened), and then calls `computed`. So a node that chooses its
 * next job in `computed` knows all that has reached it. Before `computed` its job is not over, and it must not start
 * another. While the engine is free every call comes at once. An alarm that falls due during a job waits until the engine
 * is free after `computed`; where `computed` starts another job, it waits for the end of that one.
 *
 * A host that crashes loses its node: job, inbox, alarms, memory. When it comes back a new node is made for it, with
 * `world.incarnation` one higher, and started.
 */
export interface Node<M extends Message = Message> {
  /** The state of the node's state machine, for assertions, digests, the screen and the deadlock report. */
  readonly phase: string;
  /** True once the node has nothing left to do. A run is finished when all nodes are. */
  readonly finished: boolean;
  start(): void;
  receive(message: M, from: NodeId): void;
  computed(job: Job): void;
  woken(alarm: string): void;
  /** A watched peer has been silent for too long, or has lost its memory. It may be alive. */
  suspected?(peer: NodeId): void;
  /** A write has ended. `isNewest` is false where storage keeps an older write, because that has a later stamp. */
  saved?(name: string, isNewest: boolean): void;
  loaded?(name: string, value: object | null): void;
  /** The write under way to the disk has ended; the one that waited, if any, is under way now. */
  persisted?(): void;
  /** What an unfinished node waits for, in a few words, for the deadlock report. */
  waitsFor(): string;
}

/** Makes the node with that id. Called once for each incarnation, before `start`. */
export type NodeFactory = (world: World) => Node;

/** Bytes every message carries on the wire beside its payload (PROTOCOLS section 0). */
export const MESSAGE_HEADER_BYTES = 48;
