/** PROTOCOLS C: which layouts are kept for a repair that goes back, played by hand. */
import t from 'tap';
import { syntheticData } from '../../../../models/learning/data/synthetic.ts';
import { host, trainingOf } from './harness.ts';
import { play } from './view-play.ts';

t.test(
  'C: a layout in which others have made an update is kept while newer ones are not',
  async (t) => {
    const setting = {
      hosts: Array.from({ length: 5 }, () => host()),
      model: { kind: 'mlp' as const, layers: [1, 3, 2], activation: 'relu' as const },
      training: trainingOf({
        numerics: 'exact',
        batch: 12,
        microBatches: 1,
        iterations: 1,
        evaluateEvery: 1,
      }),
      data: syntheticData(5, 30, 3, 1, 2),
      network: { kind: 'ring' as const, latencyNs: 0, bandwidth: 1e7 },
    };
    const steps = { atBoundary: false, ruthless: false, newest: false, joins: false, words: [0] };
    const changes = [
      { ...steps, afterNs: 0, kills: 2 },
      { ...steps, afterNs: 64_801, kills: 0, joins: true },
      { ...steps, afterNs: 0, kills: 0, newest: true, words: [515] },
      { ...steps, afterNs: 0, kills: 0 },
    ];
    const what = { setting, options: { replicas: 1 }, changes, checkpointEvery: 0, lossDelayNs: 0 };
    const played = play(what);
    t.equal(played.result.failure, null);
    t.notOk(played.lost);

    t.same(
      played.plans.map(({ view, source }) => [view.epoch, source.epoch, source.proven]),
      [
        [2, 0, false],
        [5, 2, true],
        [7, 5, false],
        [8, 2, true],
      ],
      'the last goes back to the one that only the last position has made an update in',
    );
  },
);
