/** What holds of the jobs of any run of a ring among faults (PROTOCOLS C, F: I4, I5 and the books of time). */
import { eachAccount } from '../../../../engine/node-accounts.ts';
import { NOTES, type IterationNote } from '../../../../models/spec/notes.ts';
import type { RecoveryPlan } from '../../../../models/protocols/ring-tmp/layout/ring-view.ts';
import type { InstallMessage } from '../../../../models/membership/messages.ts';
import { recoveriesOf, type EndedJob, type FaultyTrace } from './faulty.ts';

interface Lineage {
  /** The newest epoch in which an iteration was told of: the one in which it was done for good. */
  readonly epochOf: ReadonlyMap<number, number>;
  /** Whether work that was given up for a newer view has proved whole after all. What was written off by then stays so. */
  readonly revived: boolean;
}

function lineageOf(trace: FaultyTrace): Lineage {
  const epochOf = new Map<number, number>();
  for (const { name, value } of trace.notes) {
    if (name !== NOTES.iteration) continue;
    const { iteration, epoch = 0 } = value as IterationNote;
    epochOf.set(iteration, Math.max(epoch, epochOf.get(iteration) ?? 0));
  }
  const revived = recoveriesOf(trace).some(({ epoch, version }) =>
    [...epochOf].some(([iteration, final]) => version <= iteration && final < epoch),
  );
  return { epochOf, revived };
}

/** What is in the weights at the end. */
function finalJobs(trace: FaultyTrace): (job: EndedJob) => boolean {
  const { epochOf } = lineageOf(trace);
  return ({ job }) => job.epoch === epochOf.get(job.step);
}

/** I4: in the final lineage every backward of every block is done once, and the micro-batches come in order. */
export function gradientsOnce(
  trace: FaultyTrace,
  {
    iterations,
    microBatches,
    rings = 1,
  }: { iterations: number; microBatches: number; rings?: number },
): void {
  const each = microBatches / rings;
  const isFinal = finalJobs(trace);
  const blocks = Math.max(...trace.jobs.map(({ job }) => job.high ?? 0));
  const times = new Map<string, number>();
  const last = new Map<string, number>();
  for (const ended of trace.jobs) {
    const { job, node } = ended;
    if (job.pass !== 'backward' || !isFinal(ended)) continue;
    const place = `${job.epoch}/${job.low}/${job.copy}/${node}`;
    const number = job.copy * each + job.microBatch;
    const order = job.iteration * microBatches + number;
    if (order <= (last.get(place) ?? -1)) throw new Error(`backward ${order} comes late`);
    last.set(place, order);
    for (let block = job.low; block < job.high; block++) {
      const key = `${job.iteration}/${number} of block ${block}`;
      times.set(key, (times.get(key) ?? 0) + 1);
    }
  }
  for (let iteration = 0; iteration < iterations; iteration++)
    for (let microBatch = 0; microBatch < microBatches; microBatch++)
      for (let block = 0; block < blocks; block++) {
        const key = `${iteration}/${microBatch} of block ${block}`;
        if (times.get(key) !== 1)
          throw new Error(`I4: the backward of ${key} was done ${times.get(key) ?? 0} times`);
      }
}

/** No epoch is used again, not even once all have forgotten it. */
export function oneViewAnEpoch(trace: FaultyTrace): void {
  const views = new Map<number, string>();
  for (const { message } of trace.messages) {
    if (message.kind !== 'INSTALL') continue;
    const { epoch, members, incarnations } = (message as InstallMessage<RecoveryPlan>).view;
    const view = `members ${members.join()} in incarnations ${incarnations.join()}`;
    const known = views.get(epoch) ?? view;
    if (known !== view) throw new Error(`epoch ${epoch} is that of ${known}, and of ${view}`);
    views.set(epoch, view);
  }
}

/** I5: in an epoch a block is trained by one node. */
export function oneOwner(trace: FaultyTrace): void {
  const owners = new Map<string, number>();
  for (const { job, node } of trace.jobs) {
    if ((job.pass as string) === 'replica') continue;
    for (let block = job.low; block < job.high; block++) {
      const key = `block ${block} of ring ${job.copy} in epoch ${job.epoch}`;
      const owner = owners.get(key) ?? node;
      if (owner !== node) throw new Error(`I5: ${key} is trained by ${owner} and ${node}`);
      owners.set(key, owner);
    }
  }
}

/** F: what is in the weights at the end was busy time, all else redo; where no host stood still in a job. */
export function booksMatch(trace: FaultyTrace): void {
  const { revived } = lineageOf(trace);
  if (revived) return;
  const isFinal = finalJobs(trace);
  const kept = [...eachAccount(trace.result.nodes)].map(() => 0);
  for (const ended of trace.jobs)
    if (!ended.job.redo && isFinal(ended)) kept[ended.node] += ended.endNs - ended.startNs;
  for (const { node, busyNs } of eachAccount(trace.result.nodes))
    if (busyNs !== kept[node])
      throw new Error(`node ${node} was busy for ${busyNs} ns, ${kept[node]} ns of it are kept`);
}
