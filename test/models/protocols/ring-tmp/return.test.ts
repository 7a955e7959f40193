import t from 'tap';
import fc from 'fast-check';
import { anyCalmRing, crashAndReturn, options, part, survives } from './faulty-settings.ts';
import { crash, recoveriesOf } from './faulty.ts';

const replicas = fc.constantFrom(1, 2);

t.test(
  'C: who comes back is let in between two iterations, and nothing is done again',
  async (t) => {
    let admitted = 0;
    const one = fc.record({ node: fc.nat(100), when: part(0.5), returns: part(2) });
    fc.assert(
      fc.property(anyCalmRing(3), options(replicas), one, (calm, protocol, one) => {
        const longer = { ...calm, training: { ...calm.training, iterations: 6 } };
        const node = one.node % calm.hosts.length;
        // Late enough that its neighbours have found out, so that it comes to a ring that goes on without it.
        const trace = survives(longer, protocol, ({ runNs, silenceNs }) => [
          crash(node, Math.floor(one.when * runNs), Math.ceil((4 + one.returns) * silenceNs)),
        ]);
        const recoveries = recoveriesOf(trace);
        for (const { joined, epoch, timeNs } of recoveries) {
          if (!joined.includes(node)) continue;
          const [before] = recoveries.filter((other) => other.epoch < epoch).slice(-1);
          if (before === undefined || before.members.includes(node)) continue;
          admitted++;
          const redone = trace.notes.filter(
            ({ name, timeNs: atNs }) => name === 'redone' && before.timeNs < atNs && atNs <= timeNs,
          );
          if (redone.length > 0) throw new Error(`${redone.length} times work was thrown away`);
        }
      }),
      { numRuns: 40 },
    );
    t.ok(admitted > 2, `${admitted} were let in`);
  },
);

t.test(
  'C: a crash and a return at any time, before or after suspicion, change no bit',
  async (t) => {
    fc.assert(
      fc.property(
        anyCalmRing(3),
        options(replicas),
        crashAndReturn,
        crashAndReturn,
        part(1),
        (calm, protocol, first, second, gap) => {
          // One at a time: the second comes when all have what the first has cost.
          const draw = (scale: Parameters<typeof first>[0]) => {
            const [one] = first(scale);
            const [two] = second(scale);
            const apart = (30 + 10 * gap) * scale.silenceNs;
            const atNs = (one.timing as { atNs: number }).atNs + Math.floor(apart);
            return [one, { ...two, timing: { atNs } }];
          };
          survives(calm, protocol, draw);
        },
      ),
      { numRuns: 40 },
    );
    t.pass();
  },
);
