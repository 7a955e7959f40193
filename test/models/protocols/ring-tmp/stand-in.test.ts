import t from 'tap';
import fc from 'fast-check';
import type { RecoveryPlan } from '../../../../models/protocols/ring-tmp/ring-view.ts';
import type { ResumeMessage } from '../../../../models/recovery/view-messages.ts';
import { anyCalmRing, options, part, survives } from './faulty-settings.ts';
import { atTime, crash, these, type FaultyTrace } from './faulty.ts';
import { versionsClose } from './lineage-claims.ts';

/** Rings that repair by log, each position with replicas on two others at the least. */
const byLog = options(fc.constantFrom(2, 3)).map((drawn) => ({
  ...drawn,
  ...{ repair: 'log', recompute: false },
}));

/** The nodes that a position has had in views of one layout, by repairs by log, in order. */
function heirsOf({ messages }: FaultyTrace, position: number): number[] {
  const plans = new Map<number, RecoveryPlan>();
  for (const { message } of messages)
    if (message.kind === 'RESUME') {
      const { epoch, plan } = message as ResumeMessage<RecoveryPlan>;
      if (plan.log !== null) plans.set(epoch, plan);
    }
  const first = Math.min(...[...plans.values()].map(({ view }) => view.layout));
  return [...plans.values()]
    .filter(({ view }) => view.layout === first)
    .map(({ view }) => view.nodes[position]);
}

t.test(
  'C, log: a node stands still, its heir dies, and it is back before the line is cut anew',
  async (t) => {
    let again = 0;
    const faults = fc.record({
      node: fc.nat(100),
      when: part(0.9),
      late: part(1),
      lasts: part(2),
      later: part(2),
    });
    fc.assert(
      fc.property(anyCalmRing(4), byLog, faults, (drawn, protocol, { node, when, ...times }) => {
        const calm = { ...drawn, training: { ...drawn.training, iterations: 4 } };
        const count = calm.hosts.length;
        const still = node % count;
        const heir = (still + 1) % count;
        const trace = survives(calm, protocol, ({ runNs, silenceNs }) => {
          const cutNs = Math.floor(when * runNs);
          const after = (silences: number) => Math.floor(silences * silenceNs);
          const scope = { from: [still], to: [(still + count - 1) % count], oneWay: true };
          return [
            // So the node before may lack what the replicas have long been told of.
            atTime(cutNs, { kind: 'cut', scope, forNs: silenceNs }),
            atTime(cutNs + after(times.late), {
              kind: 'pause',
              target: these(still),
              forNs: after(1.5 + times.lasts),
            }),
            crash(heir, cutNs + after(times.late + 1 + times.later)),
          ];
        });
        versionsClose(trace);
        const heirs = heirsOf(trace, still);
        const taken = heirs.indexOf(heir);
        if (taken >= 0 && heirs.slice(taken).some((each) => each !== heir)) again++;
      }),
      { numRuns: 150 },
    );
    t.ok(again > 25, `${again} times the share of the heir went on to another`);
  },
);
