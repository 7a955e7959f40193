import t from 'tap';
import fc from 'fast-check';
import type { NodeReport, RecoveryPlan } from '../../../../models/protocols/ring-tmp/ring-view.ts';
import type { RepairMessage, ResumeMessage } from '../../../../models/recovery/view-messages.ts';
import { anyCalmRing, options, part, survives, type CalmSetting } from './faulty-settings.ts';
import { atTime, crash, recoveriesOf, type FaultyTrace } from './faulty.ts';
import { booksMatch, versionsClose } from './lineage-claims.ts';

/** Rings that repair by log and run no forward twice of themselves. */
const byLog = (replicas: fc.Arbitrary<number>) =>
  options(replicas).map((drawn) => ({ ...drawn, repair: 'log', recompute: false }));

const longer = (calm: CalmSetting, iterations: number): CalmSetting => ({
  ...calm,
  training: { ...calm.training, iterations },
});

function plansOf(trace: FaultyTrace): RecoveryPlan[] {
  const plans = new Map<number, RecoveryPlan>();
  for (const { message } of trace.messages)
    if (message.kind === 'RESUME') {
      const { epoch, plan } = message as ResumeMessage<RecoveryPlan>;
      plans.set(epoch, plan);
    }
  return [...plans.values()].sort((one, other) => one.view.epoch - other.view.epoch);
}

/** Blocks [low, high) of a node in the first view. */
function shareOf([{ view }]: readonly RecoveryPlan[], node: number): [number, number] {
  return [view.bounds[node], view.bounds[node + 1]];
}

/** How often each backward of a block was run, in and out of the final lineage. */
function runsOf(trace: FaultyTrace): Map<string, { block: number; times: number }> {
  const runs = new Map<string, { block: number; times: number }>();
  for (const { job } of trace.jobs)
    for (let block = job.low; job.pass === 'backward' && block < job.high; block++) {
      const key = `${job.iteration}/${job.microBatch} of block ${block}`;
      runs.set(key, { block, times: (runs.get(key)?.times ?? 0) + 1 });
    }
  return runs;
}

t.test("C, log: one crash, and only the dead node's share is done again", async (t) => {
  let repaired = 0;
  let again = 0;
  const one = fc.record({ node: fc.nat(100), when: part(1) });
  fc.assert(
    fc.property(anyCalmRing(3), byLog(fc.constantFrom(1, 2, 3)), one, (drawn, protocol, one) => {
      const calm = longer(drawn, 4);
      const node = one.node % calm.hosts.length;
      const trace = survives(calm, protocol, ({ runNs }) => [
        crash(node, Math.floor(one.when * runNs)),
      ]);
      booksMatch(trace);
      versionsClose(trace);
      const plans = plansOf(trace);
      if (!plans.some(({ log }) => log !== null)) return;
      repaired++;
      const [low, high] = shareOf(plans, node);
      for (const [key, { block, times }] of runsOf(trace)) {
        if (times === 1) continue;
        again++;
        if (block < low || block >= high) throw new Error(`${key} was run ${times} times`);
      }
      for (const { node: other, redoNs } of trace.result.nodes)
        if (other !== node && redoNs > 0)
          throw new Error(`${redoNs} ns of node ${other}, which lives, were for nothing`);
    }),
    { numRuns: 60 },
  );
  t.ok(repaired > 20, `${repaired} were repaired`);
  t.ok(again > 20, `${again} backwards were run again`);
});

t.test('C, log: a change of view in which nobody is lost does nothing again', async (t) => {
  let changed = 0;
  const cut = fc.record({ node: fc.nat(100), when: part(0.8) });
  fc.assert(
    fc.property(anyCalmRing(3), byLog(fc.constantFrom(0, 1, 2)), cut, (drawn, protocol, cut) => {
      const calm = longer(drawn, 4);
      const nodes = calm.hosts.length;
      const from = cut.node % nodes;
      const scope = { from: [from], to: [(from + 1) % nodes], oneWay: false };
      const trace = survives(calm, protocol, ({ runNs }) => [
        atTime(Math.floor(cut.when * runNs), { kind: 'cut', scope, forNs: null }),
      ]);
      const plans = plansOf(trace);
      const isWhole = plans.every(({ view }) => new Set(view.nodes).size === nodes);
      const goesOn = plans.slice(1).every(({ log }) => log !== null);
      if (!isWhole || !goesOn || plans.length === 1) return;
      changed++;
      for (const [key, { times }] of runsOf(trace))
        if (times > 1) throw new Error(`${key} was run ${times} times`);
      for (const { node, redoNs } of trace.result.nodes)
        if (redoNs > 0) throw new Error(`${redoNs} ns of node ${node} were for nothing`);
    }),
    { numRuns: 60 },
  );
  t.ok(changed > 15, `${changed} times the view has changed`);
});

t.test('C, log: the heir of two shares is rid of one at the next boundary', async (t) => {
  let recut = 0;
  const iterations = 6;
  const one = fc.record({ node: fc.nat(100), when: part(0.5) });
  fc.assert(
    fc.property(anyCalmRing(3), byLog(fc.constantFrom(1, 2)), one, (drawn, protocol, one) => {
      const calm = longer(drawn, iterations);
      const node = one.node % calm.hosts.length;
      const trace = survives(calm, protocol, ({ runNs }) => [
        crash(node, Math.floor(one.when * runNs)),
      ]);
      const plans = plansOf(trace);
      const at = plans.findIndex(
        ({ log, view }) => log !== null && new Set(view.nodes).size < view.nodes.length,
      );
      // By the jitter of long tails a repair may come so late that the run ends before any boundary.
      if (at < 0 || plans[at].log!.evenFrom >= iterations) return;
      // Where others are suspected in between, more is made up for before the next iteration ends.
      const next = plans.findIndex(({ log }, k) => k > at && log === null);
      if (next < 0) throw new Error('the line was not cut anew');
      recut++;
      const { view, source } = plans[next];
      if (new Set(view.nodes).size !== view.nodes.length) throw new Error('one holds two parts');
      const made = source.version - plans[next - 1].source.version;
      if (made > 2) throw new Error(`${made} iterations were made with two shares`);
    }),
    { numRuns: 50 },
  );
  t.ok(recut > 15, `${recut} times the line was cut anew`);
});

/** Throws if a position tells of other logs than it has; gives how many have nothing of the iteration before. */
function logsTold(trace: FaultyTrace, plans: readonly RecoveryPlan[]): number {
  let late = 0;
  for (const { message } of trace.messages) {
    if (message.kind !== 'REPAIR') continue;
    for (const { report } of (message as RepairMessage<NodeReport>).reports)
      for (const { epoch, suspended } of report.layouts)
        for (const { position, version, kept } of suspended?.standings ?? []) {
          const views = plans.filter(
            ({ view, log }) => view.layout === epoch && view.epoch <= suspended!.entered && log,
          );
          const anew = views.map(({ log }) => log!.positions[position]);
          const first = anew.findLast(({ rebuilt }) => rebuilt)?.version;
          const least = first ?? plans.find(({ view }) => view.epoch === epoch)!.source.version;
          const right = Math.max(least, version - 1);
          if (kept !== right)
            throw new Error(`position ${position} keeps ${right} and newer, and tells of ${kept}`);
          late += first === version ? 1 : 0;
        }
  }
  return late;
}

t.test('C, log: a position tells since when it has logs, made anew or not', async (t) => {
  let late = 0;
  const two = fc.record({ first: fc.nat(100), when: part(0.6), later: part(3) });
  fc.assert(
    fc.property(anyCalmRing(5), byLog(fc.constantFrom(1, 2)), two, (drawn, protocol, two) => {
      const calm = longer(drawn, 6);
      const count = calm.hosts.length;
      const trace = survives(calm, protocol, ({ runNs, silenceNs }) => {
        const atNs = Math.floor(two.when * runNs);
        const later = atNs + Math.floor((1 + two.later) * silenceNs);
        return [crash(two.first % count, atNs), crash((two.first + 2) % count, later)];
      });
      late += logsTold(trace, plansOf(trace));
    }),
    { numRuns: 40 },
  );
  t.ok(late > 10, `${late} had nothing of the iteration before`);
});

t.test('C, log: a second crash, not beside the first, while that is made up for', async (t) => {
  let twice = 0;
  const two = fc.record({
    first: fc.nat(100),
    apart: fc.nat(100),
    when: part(0.6),
    later: part(6),
  });
  fc.assert(
    fc.property(anyCalmRing(5), byLog(fc.constantFrom(1, 2)), two, (drawn, protocol, two) => {
      const calm = longer(drawn, 6);
      const count = calm.hosts.length;
      const first = two.first % count;
      const second = (first + 2 + (two.apart % (count - 3))) % count;
      const trace = survives(calm, protocol, ({ runNs, silenceNs }) => {
        const atNs = Math.floor(two.when * runNs);
        return [crash(first, atNs), crash(second, atNs + Math.floor(two.later * silenceNs))];
      });
      booksMatch(trace);
      versionsClose(trace);
      twice += recoveriesOf(trace).filter(({ from }) => from === 'log').length > 1 ? 1 : 0;
    }),
    { numRuns: 60 },
  );
  t.ok(twice > 10, `${twice} were repaired by log twice or more`);
});
