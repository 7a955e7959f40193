/** The observer that records what claims are judged by: words and numbers, no tensors. */
import type { InjectedFault } from '../../engine/faults/fault-rule.ts';
import type { Observer } from '../../engine/observer.ts';
import type { Job, Message, NodeId, NoteValue } from '../../engine/world.ts';
import { NOTES } from '../../models/spec/notes.ts';
import type { Fields, JobBegun, MessageSeen, Sightings } from '../../models/claims/evidence.ts';

/** The fields of jobs that are recorded. */
const OF_JOBS =
  'pass redo iteration microBatch copy version epoch low high step worker items seat'.split(' ');

function isPlain(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return typeof value !== 'function';
  return Array.isArray(value) || Object.getPrototypeOf(value) === Object.prototype;
}

/** The plain fields of a message, nested ones included; without tensors. */
function fieldsOf(message: Message): Fields {
  const plain = Object.entries(message).filter(([, value]) => isPlain(value));
  return Object.fromEntries(plain.filter(([name]) => name !== 'carry'));
}

/** The recorded fields of a job, getters included. */
function fieldsOfJob(job: Job): Fields {
  const said = job as unknown as Record<string, unknown>;
  const fields = OF_JOBS.map((name) => [name, said[name]] as const);
  return Object.fromEntries(fields.filter(([, value]) => value !== undefined));
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
  readonly faults: InjectedFault[] = [];
  readonly ends: Sightings['ends'] = [];
  lost = 0;
  readonly underWay = new Map<NodeId, JobBegun>();
  private readonly transfers = new Map<number, MessageSeen>();

  jobStarted(node: NodeId, { name }: Job, startNs: number): void {
    this.underWay.set(node, { name, startNs });
  }

  jobEnded(node: NodeId, job: Job, startNs: number, endNs: number): void {
    this.underWay.delete(node);
    this.jobs.push({ node, name: job.name, startNs, endNs, fields: fieldsOfJob(job) });
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
    this.transfers.set(transfer, seen);
  }

  messageDelivered(
    transfer: number,
    _from: NodeId,
    _to: NodeId,
    _message: Message,
    timeNs: number,
  ): void {
    const seen = this.transfers.get(transfer);
    if (seen === undefined) return;
    seen.deliveredNs = timeNs;
    this.transfers.delete(transfer);
  }

  messageLost(): void {
    this.lost++;
  }

  faultBegan(fault: InjectedFault): void {
    this.faults.push(fault);
    if (fault.kind === 'crash') for (const node of fault.nodes) this.underWay.delete(node);
  }

  faultEnded(fault: InjectedFault, timeNs: number): void {
    this.ends.push({ fault, timeNs });
  }

  noted(node: NodeId, timeNs: number, name: string, value: NoteValue): void {
    const afterJobs = this.jobs.length;
    this.notes.push({ node, timeNs, name, value: copyOf(name, value), afterJobs });
  }
}
