import t from 'tap';
import { drawScenario } from '../../../sim/fuzz/draw.ts';
import { FUZZED_PROTOCOLS } from '../../../sim/fuzz/profiles.ts';
import { judge, type Verdict } from '../../../sim/fuzz/judge.ts';

const SEEDS = 300;
/**
 * The first seed. A fixed one, so that a change is judged by the change and not by luck; `FUZZ_FROM=<number>`, such
 * as one made from a date or a commit, has others drawn.
 */
const from = Number(process.env.FUZZ_FROM ?? 1);

// Runs that stall take long to be sure of it; where nothing is broken a few seconds are enough.
t.setTimeout(200_000);

t.test('seeds that nobody has chosen break no claim', async (t) => {
  t.comment(`seeds ${from} to ${from + SEEDS - 1}; FUZZ_FROM=${from} draws them again`);
  t.ok(Number.isSafeInteger(from) && from >= 0, 'FUZZ_FROM is a seed');
  const verdicts: Verdict[] = [];
  for (let seed = from; seed < from + SEEDS; seed++) {
    const verdict = await judge(await drawScenario(seed, FUZZED_PROTOCOLS));
    verdicts.push(verdict);
    if (verdict.breaches.length > 0)
      t.fail(`seed ${seed}; npm run fuzz -- --replay ${seed}`, { breaches: verdict.breaches });
  }
  const finished = verdicts.filter(({ outcome }) => outcome === 'finished').length;
  const promised = verdicts.filter((verdict) => verdict.promised).length;
  const struck = verdicts.filter(({ faults }) => faults > 0).length;
  t.comment(`${finished} finished, ${promised} within what is promised, ${struck} were struck`);
  t.ok(finished > SEEDS / 2 && promised > SEEDS / 4 && struck > SEEDS / 2, 'they are no easy ones');
});
