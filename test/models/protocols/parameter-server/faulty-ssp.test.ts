/** SSP under faults: whatever befalls whomever, each share is in the weights once, and what is done again is counted. */
import fc from 'fast-check';
import t from 'tap';
import type { FaultRule } from '../../../../engine/faults/fault-rule.ts';
import {
  anyDuration,
  befalls,
  booksSum,
  faultySetups,
  type FaultySetup,
  momentOf,
  notesOf,
  sharded,
} from './faulty-setups.ts';
import { gradientsOf } from '../../../../models/protocols/parameter-server/checks/lineage.ts';
import { ServerLayout } from '../../../../models/protocols/parameter-server/layout.ts';
import { play, type Outcome, type Setup } from './harness.ts';
import type { ParameterServerJob } from '../../../../models/protocols/parameter-server/jobs.ts';

const anyMoment = fc.nat(1000).map((thousandths) => thousandths / 1000);

const sspSetups = (slack: number, standbys: { min: number; max: number }) =>
  faultySetups('ps', standbys).map((setup): FaultySetup => {
    const optimizer = slack > 0 ? ({ kind: 'sgd' } as const) : setup.training.optimizer;
    const training = { ...setup.training, optimizer };
    return { ...setup, training, options: { consistency: { ssp: slack } } };
  });

/** The servers of the first shard do not hear each other any more, and hear all others. */
function deafServers({ nodes, servers, replicas }: FaultySetup, atNs: number): FaultRule {
  const deaf = new ServerLayout(nodes, { servers, replicas }).serversOf(0);
  const scope = { from: deaf, to: deaf, oneWay: false };
  return { rule: 0, timing: { atNs }, effect: { kind: 'cut', scope, forNs: null } };
}

/** All iterations are told of, in order, and every sample is in one of them. */
function tellsAll({ result, record }: Outcome, { training }: FaultySetup): boolean {
  const { iterations } = record;
  return (
    result.outcome === 'finished' &&
    iterations.length === training.iterations &&
    iterations.every(({ iteration }, k) => iteration === k) &&
    record.samples === training.iterations * training.batch
  );
}

t.test('D: with s = 0 every update is a whole iteration, whatever befalls a server', async (t) => {
  fc.assert(
    fc.property(
      sspSetups(0, { min: 1, max: 2 }),
      fc.integer({ min: 1, max: 2 }),
      fc.nat(5),
      anyMoment,
      fc.constantFrom<('crash' | 'pause' | 'cut')[]>('crash', 'pause', 'cut'),
      anyDuration,
      (setup, servers, server, moment, kind, forNs) => {
        const whole = sharded(setup, servers);
        const node = whole.workers + (server % (whole.nodes - whole.workers));
        const atNs = momentOf(whole, moment);
        const rule = kind === 'cut' ? deafServers(whole, atNs) : befalls(node, atNs, kind, forNs);
        const outcome = play({ ...whole, faults: [rule] });
        const updates = outcome.jobs.filter(({ job }) => job.pass === 'update');
        return (
          tellsAll(outcome, whole) &&
          booksSum(outcome) &&
          outcome.record.iterations.every(
            ({ samples }, k) => samples === (k + 1) * whole.training.batch,
          ) &&
          updates.every(({ job: { iteration, items } }) => {
            const of = items?.filter((item) => item.iteration === iteration) ?? [];
            return of.length === whole.workers && items!.length === of.length;
          })
        );
      },
    ),
    { numRuns: 100 },
  );
  t.pass();
});

/** Gradients that a server has applied, in order. */
function appliedBy({ jobs }: Outcome, server: number): string[] {
  return jobs
    .filter(({ node, job }) => node === server && job.pass === 'update')
    .flatMap(({ job }) => gradientsOf({ ...job }));
}

t.test('D: whoever dies or is fenced, each gradient of SSP is in the weights once', async (t) => {
  fc.assert(
    fc.property(
      fc.constantFrom(0, 1, 2, 4).chain((slack) => sspSetups(slack, { min: 1, max: 2 })),
      fc.integer({ min: 1, max: 2 }),
      fc.nat(20),
      anyMoment,
      fc.constantFrom<('crash' | 'pause')[]>('crash', 'pause'),
      anyDuration,
      (setup, servers, which, moment, kind, forNs) => {
        const whole = sharded(setup, servers);
        const rule = befalls(which % whole.nodes, momentOf(whole, moment), kind, forNs);
        const outcome = play({ ...whole, faults: [rule] });
        const first = appliedBy(outcome, whole.workers);
        // A server that was struck may have been given the state of another.
        const isWhole = rule.effect.kind === 'crash' && which % whole.nodes < whole.workers;
        const total = whole.workers * whole.training.iterations;
        return (
          tellsAll(outcome, whole) &&
          booksSum(outcome) &&
          (!isWhole || (first.length === total && new Set(first).size === total))
        );
      },
    ),
    { numRuns: 100 },
  );
  t.pass();
});

/** Samples of the gradients that were begun, and those of each time but the first. */
function countBegun(setup: FaultySetup): { setup: FaultySetup; again(): number } {
  const { training } = setup;
  const layout = new ServerLayout(setup.nodes, setup);
  const begun = new Set<string>();
  let again = 0;
  const wrap: Setup['wrap'] = (world) => {
    const compute = world.compute.bind(world);
    return Object.assign(world, {
      compute(job: ParameterServerJob) {
        if (job.pass === 'gradient') {
          const item = { iteration: job.iteration, share: job.worker! };
          const { low, high } = layout.samplesOf(training.batch, item);
          if (begun.has(job.name)) again += high - low;
          begun.add(job.name);
        }
        compute(job);
      },
    });
  };
  return { setup: { ...setup, wrap }, again: () => again };
}

t.test(
  'D: what is begun again for a worker that dies is counted, but for a share a change of view',
  async (t) => {
    let counted = 0;
    let exact = 0;
    fc.assert(
      fc.property(
        fc.constantFrom(0, 1, 2, 4).chain((slack) => sspSetups(slack, { min: 0, max: 1 })),
        fc.nat(4),
        anyMoment,
        anyDuration,
        (setup, worker, moment, forNs) => {
          const node = worker % setup.workers;
          const rule = befalls(node, momentOf(setup, moment), 'crash', forNs);
          const { setup: watched, again } = countBegun({ ...setup, faults: [rule] });
          const outcome = play(watched);
          const said = notesOf<number>(outcome, 'redone').reduce((sum, count) => sum + count, 0);
          counted += said;
          if (said === again()) exact++;
          // What was under way then the server does not know, or its worker has not begun.
          const share = Math.ceil(setup.training.batch / setup.workers);
          const most = share * notesOf(outcome, 'recovered').length;
          return tellsAll(outcome, setup) && Math.abs(said - again()) <= most;
        },
      ),
      { numRuns: 200 },
    );
    t.ok(counted > 0 && exact > 150, `${counted} samples, exact in ${exact} runs of 200`);
  },
);
