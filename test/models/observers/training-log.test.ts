/** The training log: rows from notes, weights from slices, staleness, and the conditions that stop a run. */
import fc from 'fast-check';
import t from 'tap';
import { syntheticData } from '../../../models/learning/data/synthetic.ts';
import { evaluate } from '../../../models/learning/evaluate.ts';
import { parameterCount } from '../../../models/learning/pieces.ts';
import type { MlpSpec } from '../../../models/spec/model.ts';
import { TrainingLog, type TrainingLogOptions } from '../../../models/observers/training-log.ts';

const MODEL: MlpSpec = { kind: 'mlp', layers: [4, 3, 2], activation: 'relu' };
const DATA = syntheticData(5, 10, 30, 4, 2);
const COUNT = parameterCount(MODEL);

function logOf(options: Partial<TrainingLogOptions> = {}): TrainingLog {
  return new TrainingLog({
    model: MODEL,
    training: { precision: 64, iterations: 2 },
    data: DATA,
    ...options,
  });
}

/** Weights that differ from version to version. */
function weightsOf(version: number): Float64Array {
  return Float64Array.from({ length: COUNT }, (_, k) => Math.sin(version * 100 + k));
}

function noteIteration(log: TrainingLog, iteration: number, loss: number | null = 1): void {
  log.noted(0, 10 * iteration + 10, 'iteration', { iteration, samples: 8 * (iteration + 1), loss });
}

function noteWhole(log: TrainingLog, version: number): void {
  log.noted(0, 10 * version, 'weights', { version, offset: 0, values: weightsOf(version) });
}

t.test('iterations become rows, with time, samples and loss', async (t) => {
  const log = logOf();
  noteIteration(log, 0, 2.5);
  noteIteration(log, 1, null);
  t.same(log.record().iterations, [
    { iteration: 0, timeNs: 10, samples: 8, loss: 2.5, testLoss: null, accuracy: null },
    { iteration: 1, timeNs: 20, samples: 16, loss: null, testLoss: null, accuracy: null },
  ]);
  t.equal(log.record().samples, 16);
  t.same(log.losses, [2.5]);
  t.equal(log.iterationCount, 2);
});

t.test(
  'an iteration told of again takes its place, and what followed it is forgotten',
  async (t) => {
    const log = logOf();
    const { losses } = log;
    for (const iteration of [0, 1, 2, 3]) noteIteration(log, iteration, 10 - iteration);
    noteIteration(log, 2, 5);
    t.same(
      log.record().iterations.map(({ iteration, loss }) => [iteration, loss]),
      [
        [0, 10],
        [1, 9],
        [2, 5],
      ],
    );
    t.equal(log.record().samples, 24);
    t.equal(log.iterationCount, 3);
    t.equal(log.losses, losses, 'still the same array');
    t.same(losses, [10, 9, 5]);
    t.equal(log.rollbacks, 1);
  },
);

t.test('what is told late, of an epoch that is over, is no rollback', async (t) => {
  const log = logOf();
  const note = (iteration: number, loss: number, epoch: number): void =>
    log.noted(0, 5, 'iteration', { iteration, samples: 8, loss, epoch });
  note(0, 9, 0);
  note(1, 8, 1);
  note(2, 7, 1);
  note(1, 6, 0);
  t.same(log.losses, [9, 8, 7]);
  t.equal(log.rollbacks, 0);
  note(1, 5, 2);
  t.same(log.losses, [9, 5]);
});

t.test('any rollbacks: rows are those of a run that went straight to the last words', async () => {
  // Each stretch goes back by some iterations and then on by some.
  const stretch = fc.record({ back: fc.nat(4), on: fc.integer({ min: 1, max: 6 }) });
  fc.assert(
    fc.property(fc.array(stretch, { minLength: 1, maxLength: 8 }), (stretches) => {
      const log = logOf();
      let told: { iteration: number; loss: number }[] = [];
      let [next, loss] = [0, 100];
      for (const { back, on } of stretches) {
        next = Math.max(0, next - back);
        for (let k = 0; k < on; k++, next++) {
          told = [...told.filter(({ iteration }) => iteration < next), { iteration: next, loss }];
          noteIteration(log, next, loss--);
        }
      }
      const rows = log.record().iterations.map(({ iteration, loss }) => ({ iteration, loss }));
      return (
        JSON.stringify(rows) === JSON.stringify(told) &&
        JSON.stringify(log.losses) === JSON.stringify(told.map(({ loss }) => loss))
      );
    }),
  );
});

t.test('weights are whole once the slices of one epoch cover them, however cut', async (t) => {
  const log = logOf();
  const note = (epoch: number, version: number, from: number, to: number, scale: number): void => {
    const values = weightsOf(version).map((value) => value * scale);
    const slice = values.slice(from, to);
    log.noted(0, 5, 'weights', { version, offset: from, values: slice, epoch });
  };
  const isScaled = (version: number, scale: number): boolean =>
    log.record().finalWeights!.every((value, k) => value === weightsOf(version)[k] * scale);
  note(0, 4, 0, 9, 1);
  note(1, 4, 9, COUNT, 2);
  t.equal(log.record().finalWeights, null, 'halves of two epochs make no whole');
  note(1, 4, 0, 9, 2);
  t.ok(isScaled(4, 2));
  note(0, 4, 9, COUNT, 1);
  note(0, 5, 0, COUNT, 1);
  t.ok(isScaled(4, 2), 'an older epoch has no say any more');
  t.equal(log.record().finalVersion, 4);
  note(2, 3, 0, COUNT, 3);
  t.ok(isScaled(3, 3), 'a newer epoch counts, though it went back');
  t.equal(log.record().finalVersion, 3);
});

t.test('after a rollback rows are judged by the weights of the new epoch', async (t) => {
  const log = logOf();
  const whole = (epoch: number, version: number, values: Float64Array): void =>
    log.noted(0, 5, 'weights', { version, offset: 0, values, epoch });
  const { loss } = evaluate(MODEL, weightsOf(7), DATA.test);
  for (const iteration of [0, 1]) noteIteration(log, iteration);
  whole(0, 1, weightsOf(1));
  whole(0, 2, weightsOf(2));
  noteIteration(log, 0);
  t.equal(log.record().iterations[0].testLoss, evaluate(MODEL, weightsOf(1), DATA.test).loss);
  whole(1, 1, weightsOf(7));
  t.equal(log.record().iterations[0].testLoss, loss);
  noteIteration(log, 1);
  t.equal(
    log.record().iterations[1].testLoss,
    null,
    'that judgement was of weights that are no more',
  );
  noteIteration(log, 0);
  t.equal(log.record().iterations[0].testLoss, loss, 'also when the weights came before the row');
});

t.test(
  'slices in any order, of several versions at once, become weights and judgements',
  async (t) => {
    const anyCuts = fc.uniqueArray(fc.integer({ min: 1, max: COUNT - 1 }), { maxLength: 5 });
    fc.assert(
      fc.property(anyCuts, anyCuts, fc.infiniteStream(fc.nat()), (first, second, chance) => {
        const notes: (() => void)[] = [];
        const log = logOf();
        for (const [version, cuts] of [
          [1, first],
          [2, second],
        ] as const) {
          const bounds = [0, ...[...cuts].sort((a, b) => a - b), COUNT];
          for (let k = 0; k + 1 < bounds.length; k++) {
            const values = weightsOf(version).slice(bounds[k], bounds[k + 1]);
            notes.push(() => {
              log.noted(k, 5, 'weights', { version, offset: bounds[k], values });
              values.fill(NaN);
            });
          }
          notes.push(() => noteIteration(log, version - 1));
        }
        while (notes.length > 0)
          notes.splice(Number(chance.next().value) % notes.length, 1).forEach((note) => note());

        const { finalWeights, finalVersion, iterations } = log.record();
        const judged = [1, 2].map((version) => evaluate(MODEL, weightsOf(version), DATA.test));
        return (
          finalVersion === 2 &&
          finalWeights!.every((value, k) => value === weightsOf(2)[k]) &&
          iterations.every(
            ({ iteration, testLoss, accuracy }) =>
              testLoss === judged[iteration].loss && accuracy === judged[iteration].accuracy,
          ) &&
          log.accuracy === judged[1].accuracy
        );
      }),
      { numRuns: 100 },
    );
    t.pass();
  },
);

t.test('weights in parts are no weights, and a part given twice is an error', async (t) => {
  const log = logOf();
  const values = weightsOf(1).slice(3);
  log.noted(0, 5, 'weights', { version: 1, offset: 3, values });
  t.equal(log.record().finalWeights, null);
  t.equal(log.record().finalVersion, null);
  t.throws(
    () => log.noted(1, 5, 'weights', { version: 1, offset: 3, values }),
    /version 1 from parameter 3 were noted twice/,
  );
});

t.test('after a repair a part may come again, if it is the same bit for bit', async (t) => {
  const log = logOf();
  const all = weightsOf(1);
  const [head, tail] = [all.slice(0, 3), all.slice(3)];
  log.noted(0, 5, 'weights', { version: 1, offset: 3, values: tail, epoch: 7 });
  log.noted(1, 6, 'weights', { version: 1, offset: 3, values: tail, epoch: 7 });
  const other = tail.map((value) => value + 1);
  t.throws(
    () => log.noted(1, 6, 'weights', { version: 1, offset: 3, values: other, epoch: 7 }),
    /noted twice/,
  );
  log.noted(2, 7, 'weights', { version: 1, offset: 0, values: head, epoch: 7 });
  t.same(log.record().finalWeights, all);
});

t.test('without held-out samples weights are kept and not judged', async (t) => {
  const log = logOf({ data: null });
  noteIteration(log, 0);
  noteWhole(log, 1);
  t.same(Array.from(log.record().finalWeights!), Array.from(weightsOf(1)));
  t.equal(log.record().iterations[0].accuracy, null);
  t.equal(log.accuracy, null);
});

t.test('staleness has mean, most and count; other notes are no concern of the log', async (t) => {
  const log = logOf();
  t.same(log.record().staleness, { mean: 0, max: 0, count: 0 });
  for (const updates of [0, 3, 3]) log.noted(9, 1, 'staleness', updates);
  log.noted(9, 1, 'window', 7);
  t.same(log.record().staleness, { mean: 2, max: 3, count: 3 });
});

t.test(
  'a stop condition calls onStop once, at the first row or judgement that meets it',
  async (t) => {
    let calls = 0;
    const onStop = () => calls++;
    const byLoss = logOf({ stop: { loss: 0.5 }, onStop });
    noteIteration(byLoss, 0, 0.6);
    noteIteration(byLoss, 1, null);
    t.equal(calls, 0);
    noteIteration(byLoss, 2, 0.5);
    t.equal(calls, 1, 'just at the limit is enough');
    noteIteration(byLoss, 3, 0.4);
    t.equal(calls, 1);

    const { accuracy } = evaluate(MODEL, weightsOf(1), DATA.test);
    const strict = logOf({ stop: { accuracy: accuracy + 0.001 }, onStop });
    noteWhole(strict, 1);
    t.equal(calls, 1);
    const byAccuracy = logOf({ stop: { accuracy, loss: 0.1 }, onStop });
    noteWhole(byAccuracy, 1);
    noteIteration(byAccuracy, 0, 0.05);
    t.equal(calls, 2);
  },
);

t.test('a cost table has no weights, and its rows need no model', async (t) => {
  const log = new TrainingLog({
    model: { kind: 'costs', layers: [], inputElements: 1 },
    training: { precision: 32, iterations: 2 },
    data: null,
  });
  noteIteration(log, 0, null);
  t.equal(log.record().iterations.length, 1);
  t.throws(() => noteWhole(log, 1), /cost table/);
  t.same(structuredClone(log.record()), log.record());
});

t.test('what diverged after a rollback never was', async (t) => {
  const told: number[] = [];
  const log = logOf({ onDiverged: ({ iteration }) => void told.push(iteration) });
  noteIteration(log, 0, 1);
  noteIteration(log, 1, Infinity);
  noteIteration(log, 2, NaN);
  t.match(log.record().divergence, { iteration: 1, text: /is Infinity, no finite number/ });
  noteIteration(log, 1, 0.5);
  t.equal(log.record().divergence, null);
  t.same(told, [1], 'it is told of once');
});

t.test('blocks that were moved add up', async (t) => {
  const log = logOf();
  t.same(log.record().moved, { times: 0, blocks: 0 });
  for (const blocks of [7, 4]) log.noted(0, 10, 'moved', blocks);
  t.same(log.record().moved, { times: 2, blocks: 11 });
});
