/** Heartbeats from one node to another, and their answers, that need no events: where they are counted, and how they end. */
import { ElidedHeartbeats, type HeartbeatCounts } from '../detector/elided-heartbeats.ts';
import type { NodeId } from '../world.ts';
import { type Elided, type ElisionParts, isCalm } from './elided.ts';
import { BEAT_BYTES } from '../faults/traffic-counters.ts';

const NOTHING: HeartbeatCounts = { beatsSent: 0, beatsHeard: 0, answersSent: 0, answersHeard: 0 };

export class HeartbeatElision implements Elided {
  /** What has been counted already. */
  private counted = NOTHING;

  private constructor(
    readonly node: NodeId,
    readonly peer: NodeId,
    private readonly heartbeats: ElidedHeartbeats,
    private readonly parts: ElisionParts,
  ) {}

  /** From the node, which is up, to the peer, beginning with the one due now. Null where they are not certain to arrive. */
  static between(
    node: NodeId,
    peer: NodeId,
    nowNs: number,
    parts: ElisionParts,
  ): HeartbeatElision | null {
    if (!isCalm(node, peer, parts)) return null;
    const { passage, station } = parts;
    const here = station(node).endpoint;
    const there = station(peer).endpoint;
    const outNs = passage.pathNs(node, peer, BEAT_BYTES);
    const backNs = passage.pathNs(peer, node, BEAT_BYTES);
    const isMutual = there.watches.has(node);
    const heardNs = (isMutual ? there.watches.nextBeatNs(node) : nowNs + outNs) + backNs;
    if (heardNs >= here.watches.silentNs(peer)) return null;
    if (nowNs + outNs >= there.watches.silentNs(node)) return null;
    const heartbeatNs = here.watches.intervalNs(peer);
    const timing = { firstNs: nowNs, heartbeatNs, outNs, backNs: isMutual ? null : backNs };
    return new HeartbeatElision(node, peer, new ElidedHeartbeats(timing), parts);
  }

  catchUp(nowNs: number): void {
    const { node, peer, heartbeats, parts } = this;
    const { beatsHeard } = heartbeats.before(nowNs);
    if (beatsHeard > 0)
      parts.station(peer).endpoint.watches.heard(node, heartbeats.beatHeardNs(beatsHeard - 1));
  }

  count(nowNs: number): void {
    const { node, peer, counted } = this;
    const { counters } = this.parts;
    const counts = this.heartbeats.before(nowNs);
    counters.beats(
      node,
      peer,
      counts.beatsSent - counted.beatsSent,
      counts.beatsHeard - counted.beatsHeard,
    );
    counters.beats(
      peer,
      node,
      counts.answersSent - counted.answersSent,
      counts.answersHeard - counted.answersHeard,
    );
    this.counted = counts;
  }

  end(nowNs: number): void {
    this.count(nowNs);
    this.catchUp(nowNs);
    const { node, peer, heartbeats } = this;
    const { passage, station } = this.parts;
    const { beatsSent, beatsHeard, answersSent, answersHeard } = this.counted;
    const here = station(node).endpoint;
    const there = station(peer).endpoint;
    if (answersHeard > 0) here.watches.heard(peer, heartbeats.answerHeardNs(answersHeard - 1));
    for (let number = beatsHeard; number < beatsSent; number++)
      passage.carryOn(here.controlFrame(peer, 'beat'), heartbeats.beatHeardNs(number));
    for (let number = answersHeard; number < answersSent; number++)
      passage.carryOn(there.controlFrame(node, 'answer'), heartbeats.answerHeardNs(number));
    here.beatAgain(peer, heartbeats.beatNs(beatsSent));
  }
}
