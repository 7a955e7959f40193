/** The observer that writes down what the claims are judged by. Tensors are left out: only words and numbers are kept. */
import type { FaultStrike } from '../../engine/faults/fault-rule.ts';
import type { Observer } from '../../engine/observer.ts';
import type { Job, Message, NodeId, NoteValue } from '../../engine/world.ts';
import { NOTES } from '../../models/notes.ts';
import type { Fields, MessageSeen, Sightings } from './evidence.ts';

/** What jobs may work out rather than hold. */
const DERIVED: readonly string[] = ['iteration', 'lineage', 'pass'];

/** Words, numbers and short lists of them; of an object within, the same. */
function fieldsOf(thing: object): Fields {
  const fields: Record<string, unknown> = {};
  const derived = DERIVED.filter((name) => name in thing).map(
    (name) => [name, (thing as Record<string, unknown>)[name]] as const,
  );
  for (const [name, value] of [...Object.entries(thing), ...derived]) {
    if (typeof value === 'function' || ArrayBuffer.isView(value)) continue;
    if (name === 'carry' || name === 'stage') continue;
    fields[name] = value;
  }
  return fields;
}

/** Notes are borrowed, so that what is kept is a copy. */
function copyOf(name: string, value: NoteValue): NoteValue {
  if (typeof value === 'number') return value;
  if (name === NOTES.weights) return { ...value, values: [] };
  return structuredClone(value);
}

export class Recorder implements Observer, Sightings {
  readonly jobs: Sightings['jobs'] = [];
  readonly messages: MessageSeen[] = [];
  readonly notes: Sightings['notes'] = [];
  readonly strikes: FaultStrike[] = [];
  readonly ends: Sightings['ends'] = [];
  lost = 0;
  private readonly underWay = new Map<number, MessageSeen>();

  jobEnded(node: NodeId, job: Job, startNs: number, endNs: number): void {
    this.jobs.push({ node, name: job.name, startNs, endNs, fields: fieldsOf(job) });
  }

  messageSent(
    transfer: number,
    from: NodeId,
    to: NodeId,
    message: Message,
    bytes: number,
    sentNs: number,
  ): void {
    const { kind } = message;
    const fields = fieldsOf(message);
    const seen = { transfer, from, to, kind, bytes, sentNs, deliveredNs: null, fields };
    this.messages.push(seen);
    this.underWay.set(transfer, seen);
  }

  messageDelivered(
    transfer: number,
    _from: NodeId,
    _to: NodeId,
    _message: Message,
    timeNs: number,
  ): void {
    const seen = this.underWay.get(transfer);
    if (seen === undefined) return;
    seen.deliveredNs = timeNs;
    this.underWay.delete(transfer);
  }

  messageLost(): void {
    this.lost++;
  }

  faultStruck(strike: FaultStrike): void {
    this.strikes.push(strike);
  }

  faultEnded(strike: FaultStrike, timeNs: number): void {
    this.ends.push({ strike, timeNs });
  }

  noted(node: NodeId, timeNs: number, name: string, value: NoteValue): void {
    const afterJobs = this.jobs.length;
    this.notes.push({ node, timeNs, name, value: copyOf(name, value), afterJobs });
  }
}
