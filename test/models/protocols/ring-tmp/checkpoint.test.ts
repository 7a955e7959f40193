import t from 'tap';
import fc from 'fast-check';
import { anyCalmRing, options } from './faulty-settings.ts';
import { crash, iterationsOf, recoveriesOf, runFaulty, type FaultyTrace } from './faulty.ts';

/** Every second version, of six. */
const every = 2;
const saved = 2;

const rings = anyCalmRing(3).map((calm) => ({
  ...calm,
  checkpointEvery: every,
  training: { ...calm.training, iterations: 6 },
}));

/** When a checkpoint of that version was whole. */
const wholeNs = ({ notes }: FaultyTrace, version: number) =>
  notes.find(({ name, value }) => name === 'checkpoint' && value === version)?.timeNs;

t.test(
  'C: a checkpoint that a repair cuts short is made anew where the ring goes on from that version',
  async (t) => {
    let anew = 0;
    fc.assert(
      fc.property(
        rings,
        options(fc.constant(1)),
        fc.nat(100),
        fc.nat(1e6),
        (calm, protocol, dead, when) => {
          const plain = runFaulty({ ...calm, rules: [] }, protocol);
          const toldNs = iterationsOf(plain)[saved - 1].timeNs;
          const endNs = wholeNs(plain, saved);
          // The whole run may take less than that.
          if (endNs === undefined) return;
          // Between the end of the iteration and that of the checkpoint that follows it.
          const atNs = Math.floor(toldNs + ((endNs - toldNs) * when) / 1e6);
          const rules = [crash(dead % calm.hosts.length, atNs)];
          const trace = runFaulty({ ...calm, rules }, protocol);
          if (trace.result.outcome !== 'finished') return;
          const [recovery] = recoveriesOf(trace);
          if (recovery === undefined || recovery.version !== saved) return;
          const again = wholeNs(trace, saved);
          // What is left of the run may take less than a checkpoint does.
          const leftNs = trace.result.timeNs - recovery.timeNs;
          if (again === undefined && leftNs < 2 * (endNs - toldNs)) return;
          if (again === undefined) throw new Error(`version ${saved} was never saved`);
          if (again > recovery.timeNs) anew++;
        },
      ),
      { numRuns: 60 },
    );
    t.ok(anew > 5, `${anew} were made anew`);
  },
);
