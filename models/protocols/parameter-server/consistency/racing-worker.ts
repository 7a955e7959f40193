/**
 * A worker beside backups (PROTOCOLS D): while it computes the others may get further, so that the first shard alone knows
 * which iteration it works for next, and the other shards are asked for the weights of that one.
 */
import type { PullReply } from '../messages.ts';
import { Worker } from '../worker.ts';

export class RacingWorker extends Worker {
  protected override pull(): void {
    this.ask([0]);
  }

  protected override takeReply(reply: PullReply): void {
    const { allShards } = this.settings;
    const asksOn = reply.shard === 0 && reply.iteration >= 0 && allShards.length > 1;
    if (!asksOn) return super.takeReply(reply);
    this.takeWeights(reply);
    this.takeWork(reply);
    this.clock = reply.version;
    this.ask(allShards.slice(1));
  }
}
