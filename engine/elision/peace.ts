/**
 * Channels before the first fault. Nothing can be lost, so that nothing needs to be kept or sent again: messages travel as
 * they are, acknowledgements are computed, and what the ends of channels would know by now is worked out when peace ends.
 */
import type { EndpointWorld } from '../channel/endpoint-world.ts';
import { PlainFrame } from '../channel/frame.ts';
import { takeUp, takeUpFrame, takeUpTold, type Reminder } from './take-up.ts';
import type { Topology } from '../network/topology.ts';
import { type Message, type NodeId, MESSAGE_HEADER_BYTES } from '../world.ts';
import type { ElisionParts } from './elided.ts';
import { PeacefulLines } from './peaceful-lines.ts';

/**
 * How long before the first fault peace must end, in nanoseconds: what has come by then is acknowledged before the
 * fault. An acknowledgement is owed for a round trip at most, and then it travels.
 */
export function peaceMarginNs(topology: Topology): number {
  let [latencyNs, frameNs] = [0, 0];
  for (let index = 0; index < topology.linkCount; index++) {
    const link = topology.link(index);
    latencyNs = Math.max(latencyNs, link.latencyNs);
    frameNs = Math.max(frameNs, (MESSAGE_HEADER_BYTES / link.bandwidthBytesPerSecond) * 1e9);
  }
  return 4 * (topology.longestRoute * Math.ceil(latencyNs) + Math.ceil(frameNs)) + 1;
}

const NOTHING: Message = { kind: '' };

export class Peace {
  private readonly parts: ElisionParts;
  private readonly lines = new PeacefulLines();
  /** The line from one node to another, by pair of nodes; and by line, whom it joins. */
  private readonly numbers = new Map<number, number>();
  private readonly ends: { readonly from: NodeId; readonly to: NodeId }[] = [];
  /** By line: of each kind that may be a reminder the newest, in the order of sending. */
  private readonly reminders = new Map<number, Reminder[]>();
  private readonly free: PlainFrame[] = [];

  constructor(parts: ElisionParts) {
    this.parts = parts;
  }

  /** As `Endpoint.isTelling`. */
  isTelling(from: NodeId, to: NodeId, kind: string, nowNs: number): boolean {
    const line = this.line(from, to);
    const newest = this.reminders.get(line)?.find(({ message }) => message.kind === kind);
    return newest !== undefined && newest.sequence >= this.lines.known(line, nowNs);
  }

  /** The frame of a message that is sent now, of that many bytes with the header. */
  frame(from: NodeId, to: NodeId, number: number, message: Message, bytes: number): PlainFrame {
    const { lines } = this;
    const line = this.line(from, to);
    const frame = this.free.pop() ?? new PlainFrame();
    frame.from = from;
    frame.to = to;
    frame.number = number;
    frame.message = message;
    frame.bytes = bytes;
    frame.line = line;
    frame.sequence = lines.send(line);
    frame.taken = lines.taken(line ^ 1);
    if (message.isReminder !== undefined) this.remember(frame);
    return frame;
  }

  /** A frame has arrived. */
  arrived(frame: PlainFrame, nowNs: number, world: Pick<EndpointWorld, 'deliver'>): void {
    this.parts.counters.received(frame);
    this.lines.take(frame.line, frame.taken, nowNs);
    world.deliver(frame, frame.from, frame.to);
    frame.message = NOTHING;
    this.free.push(frame);
  }

  /** Tells the two what they have heard of each other before that time. */
  catchUp(one: NodeId, other: NodeId, nowNs: number): void {
    const line = this.numbers.get(this.parts.counters.pairKey(one, other));
    if (line === undefined) return;
    this.tell(line, nowNs);
    this.tell(line ^ 1, nowNs);
  }

  /** Counts acknowledgements up to that time. */
  count(nowNs: number): void {
    for (const [line, { from, to }] of this.ends.entries()) {
      const { sent, heard } = this.lines.countAcknowledgements(line, nowNs);
      this.parts.counters.acknowledgements(to, from, sent, heard);
    }
  }

  /** From now on channels are as always; what happens at `nowNs` itself has not happened yet. */
  end(nowNs: number): void {
    const { lines, parts, ends } = this;
    this.count(nowNs);
    for (const [line, { from, to }] of ends.entries()) {
      this.tell(line, nowNs);
      const { endpoint } = parts.station(from);
      takeUp(endpoint, to, lines.sent(line), lines.taking(line ^ 1));
      const { acknowledged, arrivalNs } = lines.acknowledgement(line ^ 1);
      if (arrivalNs < nowNs) continue;
      const underWay = { incarnation: 0, channel: 0, next: acknowledged };
      parts.passage.carryOn(endpoint.controlFrame(to, 'acknowledge', underWay), arrivalNs);
    }
    for (const [line, reminders] of this.reminders) {
      const { from, to } = ends[line];
      const known = lines.known(line, nowNs);
      for (const reminder of reminders)
        if (known <= reminder.sequence && reminder.sequence < lines.taken(line))
          takeUpTold(parts.station(from).endpoint, to, reminder, lines.heardNs(line));
    }
    parts.passage.renew((frame) => takeUpFrame(parts.station(frame.from).endpoint, frame));
  }

  private remember({ line, number, message, bytes, sequence }: PlainFrame): void {
    const others = this.reminders.get(line)?.filter((other) => other.message.kind !== message.kind);
    this.reminders.set(line, [...(others ?? []), { number, message, bytes, sequence }]);
  }

  private tell(line: number, nowNs: number): void {
    const { lines, parts } = this;
    const { from, to } = this.ends[line];
    parts.station(from).endpoint.watches.heard(to, lines.answeredNs(line, nowNs));
    parts.station(to).endpoint.watches.heard(from, lines.heardNs(line));
  }

  private line(from: NodeId, to: NodeId): number {
    const { counters, passage } = this.parts;
    const line = this.numbers.get(counters.pairKey(from, to));
    if (line !== undefined) return line;
    const wayNs = passage.pathNs(to, from, MESSAGE_HEADER_BYTES);
    const backNs = passage.pathNs(from, to, MESSAGE_HEADER_BYTES);
    const first = this.lines.addPair(wayNs, backNs);
    this.ends.push({ from, to }, { from: to, to: from });
    this.numbers.set(counters.pairKey(from, to), first);
    this.numbers.set(counters.pairKey(to, from), first + 1);
    return first;
  }
}
