/** What is lost as a view begins is told once, whoever dies then (PROTOCOLS D). */
import fc from 'fast-check';
import t from 'tap';
import { starTopology } from '../../../../engine/network/star.ts';
import { FaultLog } from '../../../../models/observers/fault-log.ts';
import type { ServerPlan } from '../../../../models/protocols/parameter-server/plan.ts';
import type { View } from '../../../../models/membership/view.ts';
import { befalls, faultySetups, momentOf, type FaultySetup } from './faulty-setups.ts';
import { type Outcome, play } from './harness.ts';

interface Begun {
  readonly epoch: number;
  readonly plan: ServerPlan;
  readonly sentNs: number;
}

/** Views that begin with a loss, and were decided on. */
function losing({ messages }: Outcome): Begun[] {
  const views = new Map<number, Begun>();
  for (const { message, sentNs } of messages) {
    if (message.kind !== 'INSTALL') continue;
    const { view, plan } = message as unknown as { view: View; plan: ServerPlan };
    if (plan.lost !== null && !views.has(view.epoch))
      views.set(view.epoch, { epoch: view.epoch, plan, sentNs });
  }
  return [...views.values()];
}

/** Of them those that a server has said anything in, which it does not before it has begun them. */
function begun(outcome: Outcome, { workers }: FaultySetup): Begun[] {
  const said = new Set(
    outcome.messages
      .filter(
        ({ from, message }) => from >= workers && /^(in-place|state|append)$/.test(message.kind),
      )
      .map(({ message }) => (message as unknown as { epoch: number }).epoch),
  );
  return losing(outcome).filter(({ epoch }) => said.has(epoch));
}

function logOf({ notes }: Outcome, nodes: number) {
  const log = new FaultLog({ topology: starTopology(nodes, 1e9, 1000), silenceNs: 60_000 });
  for (const { node, timeNs, name, value } of notes) log.noted(node, timeNs, name, value);
  return log.record();
}

t.test('every loss that a server began with is told, each once, with what is done again', (t) => {
  let leaders = 0;
  fc.assert(
    fc.property(
      faultySetups('ps-bsp', { min: 1, max: 2 }),
      fc.double({ min: 0.3, max: 0.8, noNaN: true }),
      fc.integer({ min: 0, max: 120 }),
      (setup, share, after) => {
        const timed = { ...setup, checkpoint: { every: 1 } };
        const servers = Array.from({ length: 1 + setup.replicas }, (_, k) => setup.workers + k);
        const atNs = momentOf(timed, share);
        const gone = servers.map((server) => befalls(server, atNs, 'crash', 10_000));
        const [first] = losing(play({ ...timed, faults: gone }));
        if (first === undefined) return;
        const leader = first.plan.shards[0].chain[0];
        const again = befalls(leader, first.sentNs + after * 2000, 'crash', 10_000);
        const outcome = play({ ...timed, faults: [...gone, again] });
        const known = begun(outcome, setup);
        const { events, restarts, redoneSamples } = logOf(outcome, setup.nodes);
        const told = events.filter(({ kind }) => kind === 'lost').length;
        const epochs = new Set(
          outcome.notes
            .filter(({ name }) => name === 'lost')
            .map(({ value }) => (value as { view: { epoch: number } }).view.epoch),
        );
        if (known.some(({ epoch }) => !epochs.has(epoch))) throw new Error('one is not told of');
        if (told !== epochs.size) throw new Error(`${told} told of ${epochs.size}`);
        const back = losing(outcome).filter(({ epoch }) => epochs.has(epoch));
        const anew = back.filter(({ plan }) => plan.from === 'checkpoint').length;
        if (restarts !== anew) throw new Error(`${restarts} restarts of ${anew}`);
        const { batch } = setup.training;
        const undone = back.reduce(
          (sum, { plan: { lost, shards } }) =>
            sum + batch * Math.max(0, lost!.furthest - shards[0].updates),
          0,
        );
        if (redoneSamples !== null && redoneSamples < undone)
          throw new Error(`${redoneSamples} samples said to be redone of ${undone}`);
        const led = outcome.notes.some(
          ({ name, value }) =>
            name === 'recovered' && (value as { epoch: number }).epoch === first.epoch,
        );
        if (!led && epochs.has(first.epoch)) leaders++;
      },
    ),
    { numRuns: 60 },
  );
  t.ok(leaders > 3, `in ${leaders} runs the leader died before it began`);
  t.end();
});
