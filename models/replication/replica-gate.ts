/**
 * The replica gate of one position (PROTOCOLS A.4): shut from an update until every replica can serve the new version.
 * What waits before it is the stage's business.
 */
export class ReplicaGate {
  private version: number;
  private readonly replicas: number;
  private readonly acked = new Set<number>();

  /** Stands open, for the replicas of the version that training begins with. */
  constructor(replicas: number, version: number) {
    this.replicas = replicas;
    this.version = version;
    for (let k = 0; k < replicas; k++) this.acked.add(-1 - k);
  }

  get open(): boolean {
    return this.acked.size === this.replicas;
  }

  /** Waits for every replica to have that version. */
  shut(version: number): void {
    this.version = version;
    this.acked.clear();
  }

  /** The replica at that position has the version, or a newer one; word of an older one means nothing any more. */
  ack(holder: number, version: number): void {
    if (version >= this.version) this.acked.add(holder);
  }

  /** Whether there are any replicas. */
  get hasReplicas(): boolean {
    return this.replicas > 0;
  }

  /** Replicas that have not said they have the version. */
  get missing(): number {
    return this.replicas - this.acked.size;
  }
}
