/** An iteration that is done again is told of once, whoever dies as the view begins (PROTOCOLS C). */
import fc from 'fast-check';
import t from 'tap';
import { starTopology } from '../../../../engine/network/star.ts';
import type { View } from '../../../../models/membership/view.ts';
import { FaultLog } from '../../../../models/observers/fault-log.ts';
import type { AllReducePlan } from '../../../../models/protocols/all-reduce/plan.ts';
import type { BeganNote } from '../../../../models/spec/notes.ts';
import { crash, type FaultyTrace, runFaulty } from '../ring-tmp/faulty.ts';
import { anyCalmRing } from '../ring-tmp/faulty-settings.ts';
import { runProtocol, trainingOf } from '../ring-tmp/harness.ts';

const OPTIONS = { kind: 'all-reduce', groups: 1, overlap: null };

function viewsOf({ messages }: FaultyTrace) {
  const views = new Map<number, { view: View; plan: AllReducePlan; timeNs: number }>();
  for (const { message, timeNs } of messages) {
    if (message.kind !== 'INSTALL') continue;
    const { view, plan } = message as unknown as { view: View; plan: AllReducePlan };
    if (!views.has(view.epoch)) views.set(view.epoch, { view, plan, timeNs });
  }
  return [...views.values()];
}

/** Counted anew, from the plans of views that somebody has begun: of each view that is gone on from, the most. */
function redoneOf(trace: FaultyTrace): number {
  const begun = new Set(
    trace.notes
      .filter(({ name }) => name === 'began')
      .map(({ value }) => (value as BeganNote).epoch),
  );
  const most = new Map<number, number>();
  for (const { view, plan } of viewsOf(trace))
    if (begun.has(view.epoch)) most.set(plan.from, Math.max(most.get(plan.from) ?? 0, plan.again));
  return [...most.values()].reduce((sum, again) => sum + again, 0);
}

t.test('every iteration that is done again is told of, once', (t) => {
  let untold = 0;
  let redone = 0;
  fc.assert(
    fc.property(
      anyCalmRing(4),
      fc.integer({ min: 200, max: 900 }),
      fc.integer({ min: 0, max: 60 }),
      (setting, part, after) => {
        const nodes = setting.hosts.length;
        const training = trainingOf({ ...setting.training, iterations: 6 });
        const calm = { ...setting, training };
        const lengthNs = runProtocol(calm, OPTIONS).result.timeNs;
        const gone = crash(nodes - 1, Math.floor((lengthNs * part) / 1000));
        const found = viewsOf(runFaulty({ ...calm, rules: [gone] }, OPTIONS));
        const first = found.find(({ view }) => view.members.length < nodes);
        if (first === undefined) return;
        const [teller] = first.view.members;
        const rules = [gone, crash(teller, first.timeNs + after * 5000)];
        const trace = runFaulty({ ...calm, rules }, OPTIONS);
        const log = new FaultLog({ topology: starTopology(nodes, 1e9, 1000), silenceNs: 60_000 });
        for (const { node, timeNs, name, value } of trace.notes)
          log.noted(node, timeNs, name, value);
        const expected = redoneOf(trace) * training.batch;
        const { redoneSamples } = log.record();
        if (redoneSamples !== expected)
          throw new Error(`${redoneSamples} samples said to be redone of ${expected}`);
        if (expected > 0) redone++;
        const told = (epoch: number) => (note: { name: string; value: unknown }) =>
          note.name === 'recovered' && (note.value as View).epoch === epoch;
        if (first.plan.again > 0 && !trace.notes.some(told(first.view.epoch))) untold++;
      },
    ),
    { numRuns: 60 },
  );
  t.ok(redone > 20, `${redone} runs did something again`);
  t.ok(untold > 3, `in ${untold} of them who tells of the view died before it began`);
  t.end();
});
