/** All-reduce among crashes: what it learns is what the members of each iteration learn, bit for bit (PROTOCOLS C and E). */
import fc from 'fast-check';
import t from 'tap';
import type { MlpSpec } from '../../../../models/spec/model.ts';
import { crash, iterationsOf, recoveriesOf, runFaulty } from '../ring-tmp/faulty.ts';
import { anyCalmRing } from '../ring-tmp/faulty-settings.ts';
import { runProtocol, sameBits, trainingOf } from '../ring-tmp/harness.ts';
import { twin } from './twin.ts';

const ITERATIONS = 6;

const bytesOf = ({ buffer, byteOffset, byteLength }: ArrayBufferView) =>
  new Uint8Array(buffer, byteOffset, byteLength);

const drawn = fc.record({
  setting: anyCalmRing(3),
  bucketBytes: fc.option(fc.integer({ min: 1, max: 400 })),
  isGrouped: fc.boolean(),
  /** Of the run without faults. */
  atPart: fc.integer({ min: 0, max: 1000 }),
  node: fc.nat(8),
  /** Silences until it is back; null: never. */
  forSilences: fc.option(fc.constantFrom(0.1, 0.9, 2, 5)),
});

function play({ setting, bucketBytes, isGrouped, atPart, node, forSilences }: Drawn) {
  const nodes = setting.hosts.length;
  const groups = isGrouped && nodes % 2 === 0 ? 2 : 1;
  const overlap = bucketBytes === null ? null : { bucketBytes };
  const options = { kind: 'all-reduce', groups, overlap };
  const training = trainingOf({ ...setting.training, iterations: ITERATIONS });
  const calm = { ...setting, training };
  const lengthNs = runProtocol(calm, options).result.timeNs;
  const silenceNs = setting.heartbeatNs * setting.misses;
  const forNs = forSilences === null ? null : Math.ceil(forSilences * silenceNs);
  // The first view is agreed on before training begins.
  const atNs = Math.floor(((lengthNs + 2 * silenceNs) * atPart) / 1000);
  const rules = [crash(node % nodes, atNs, forNs)];
  const trace = runFaulty({ ...calm, rules }, options);
  return { trace, training, groups, setting, bucketBytes };
}

type Drawn = typeof drawn extends fc.Arbitrary<infer T> ? T : never;

/** How many took part in each iteration that counts, by what was told of views. */
function membersBy({ trace, setting }: ReturnType<typeof play>): number[] {
  const members = new Array<number>(ITERATIONS).fill(setting.hosts.length);
  const views = recoveriesOf(trace).sort((one, other) => one.epoch - other.epoch);
  for (const view of views) members.fill(view.members.length, view.version);
  return members;
}

t.test('a crash costs no bit: the run is that of the members of each iteration', async (t) => {
  let shrunk = 0;
  let grown = 0;
  fc.assert(
    fc.property(drawn, (chosen) => {
      const run = play(chosen);
      const { trace, training, groups, setting, bucketBytes } = run;
      if (trace.result.outcome !== 'finished') return false;
      const members = membersBy(run);
      if (members.some((count) => count < setting.hosts.length)) shrunk++;
      if (members.some((count, k) => count > members[k - 1])) grown++;
      const { weights, losses } = twin({
        ...{ model: setting.model as MlpSpec, training, data: setting.data!, seed: setting.seed! },
        ...{ groups, bucketBytes, members: (iteration) => members[iteration] },
      });
      const told = new Map(iterationsOf(trace).map((note) => [note.iteration, note.loss]));
      return (
        sameBits(trace.weights, bytesOf(weights)) &&
        losses.every((loss, iteration) => Object.is(told.get(iteration), loss))
      );
    }),
    { numRuns: 200 },
  );
  t.ok(shrunk > 20, `${shrunk} runs went on with fewer`);
  t.ok(grown > 5, `${grown} runs took a node in again`);
});

t.test('no more than one iteration is done again, and nobody goes back further', async (t) => {
  fc.assert(
    fc.property(drawn, (chosen) => {
      const { trace } = play(chosen);
      const told = iterationsOf(trace);
      return recoveriesOf(trace).every(({ version, epoch }) => {
        const before = told.filter((note) => (note.epoch ?? 0) < epoch);
        return before.every(({ iteration }) => iteration <= version);
      });
    }),
    { numRuns: 100 },
  );
  t.pass();
});

t.test(
  'where all lose their memory the run says that the weights are lost, and fails',
  async () => {
    fc.assert(
      fc.property(
        anyCalmRing(2),
        fc.nat(800),
        fc.constantFrom(0.1, 0.9, 3),
        (setting, at, away) => {
          const options = { kind: 'all-reduce', groups: 1, overlap: null };
          const training = trainingOf({ ...setting.training, iterations: ITERATIONS });
          const calm = { ...setting, training };
          const silenceNs = setting.heartbeatNs * setting.misses;
          const { timeNs } = runFaulty({ ...calm, rules: [] }, options).result;
          // Before anything is committed the seed is enough.
          const atNs = Math.floor(timeNs * (0.5 + at / 2000));
          const rules = setting.hosts.map((_, node) =>
            crash(node, atNs, Math.ceil(away * silenceNs)),
          );
          const { result, notes } = runFaulty({ ...calm, rules }, options);
          if (result.failure?.kind !== 'given-up') throw new Error(`${result.outcome}`);
          if (!notes.some(({ name }) => name === 'lost')) throw new Error('nobody has said so');
        },
      ),
      { numRuns: 40 },
    );
  },
);
