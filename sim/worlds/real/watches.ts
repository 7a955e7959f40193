/**
 * The watches of all nodes, and when a silence has lasted long enough (PROTOCOLS C). The main thread acts as the
 * transport of every node: it knows at once which are gone or held, and reports it as late as heartbeats would have
 * shown it. So a node that computes for long never looks dead. It knows nothing of threads.
 */
import type { DetectorSpec } from '../../../engine/faults/fault-rule.ts';
import type { Kernel } from '../../../engine/kernel.ts';
import type { NodeId } from '../../../engine/world.ts';

interface Watch {
  readonly watcher: NodeId;
  readonly peer: NodeId;
  /** The watcher's own number for it: it ignores what it is told of an ended watch. */
  readonly serial: number;
  /** Heartbeats come from then on. */
  beatsFromNs: number;
  /** Handle of the event that ends the silence; null while the peer is heard. */
  deadline: number | null;
}

/** Tells the watcher that the peer is suspected. */
type Suspect = (watcher: NodeId, peer: NodeId, serial: number) => void;

export class Watches {
  private readonly kernel: Kernel;
  private readonly detector: DetectorSpec;
  private readonly suspect: Suspect;
  private readonly due: number;
  /** By number, in the order of watching. */
  private readonly watches = new Map<number, Watch>();
  private watchCount = 0;
  private readonly silentPeers = new Set<NodeId>();
  private readonly heldWatchers = new Set<NodeId>();

  constructor(kernel: Kernel, detector: DetectorSpec, suspect: Suspect) {
    this.kernel = kernel;
    this.detector = detector;
    this.suspect = suspect;
    this.due = kernel.register((number) => this.end(number));
  }

  watch(watcher: NodeId, peer: NodeId, serial: number): void {
    this.unwatch(watcher, peer);
    const number = ++this.watchCount;
    const beatsFromNs = this.kernel.now;
    this.watches.set(number, { watcher, peer, serial, beatsFromNs, deadline: null });
    this.setDeadline(number);
  }

  unwatch(watcher: NodeId, peer: NodeId): void {
    for (const [number, watch] of this.watches)
      if (watch.watcher === watcher && watch.peer === peer) this.drop(number);
  }

  /** The peer sends no heartbeats from now on: it is gone, or held. */
  silent(peer: NodeId): void {
    this.silentPeers.add(peer);
    for (const [number, watch] of this.watches) if (watch.peer === peer) this.setDeadline(number);
  }

  /** The peer, which was held, is heard again. */
  heard(peer: NodeId): void {
    this.silentPeers.delete(peer);
    for (const watch of this.watches.values()) if (watch.peer === peer) this.clearDeadline(watch);
  }

  /** The peer has come back from a crash: its watchers learn of it from its return, and stop watching. */
  returned(peer: NodeId): void {
    this.silentPeers.delete(peer);
    for (const [number, watch] of this.watches) if (watch.peer === peer) this.drop(number);
  }

  /** The watcher is gone, and its watches with it. */
  forget(watcher: NodeId): void {
    this.heldWatchers.delete(watcher);
    for (const [number, watch] of this.watches) if (watch.watcher === watcher) this.drop(number);
  }

  /** The watcher is held: it notices no silence. */
  hold(watcher: NodeId): void {
    this.heldWatchers.add(watcher);
    for (const watch of this.watches.values())
      if (watch.watcher === watcher) this.clearDeadline(watch);
  }

  /** The watcher resumes, and restarts all its silences. */
  goOn(watcher: NodeId): void {
    this.heldWatchers.delete(watcher);
    for (const [number, watch] of this.watches) {
      if (watch.watcher !== watcher) continue;
      watch.beatsFromNs = this.kernel.now;
      this.setDeadline(number);
    }
  }

  /** Sets the end of a silence, counted from the last heartbeat before it, if the peer is silent. */
  private setDeadline(number: number): void {
    const watch = this.watches.get(number)!;
    this.clearDeadline(watch);
    if (!this.silentPeers.has(watch.peer) || this.heldWatchers.has(watch.watcher)) return;
    const { heartbeatNs, misses } = this.detector;
    const beats = Math.floor((this.kernel.now - watch.beatsFromNs) / heartbeatNs);
    const lastNs = watch.beatsFromNs + beats * heartbeatNs;
    watch.deadline = this.kernel.schedule(lastNs + misses * heartbeatNs, this.due, number, 0);
  }

  private clearDeadline(watch: Watch): void {
    if (watch.deadline !== null) this.kernel.cancel(watch.deadline);
    watch.deadline = null;
  }

  private drop(number: number): void {
    const watch = this.watches.get(number)!;
    this.clearDeadline(watch);
    this.watches.delete(number);
  }

  private end(number: number): void {
    const { watcher, peer, serial } = this.watches.get(number)!;
    this.drop(number);
    this.suspect(watcher, peer, serial);
  }
}
