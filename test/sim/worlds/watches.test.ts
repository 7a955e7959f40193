/** When a silence has lasted long enough, on a modelled clock: the rules are the same on a real one (PROTOCOLS C). */
import fc from 'fast-check';
import t from 'tap';
import { Kernel } from '../../../engine/kernel.ts';
import { Watches } from '../../../sim/worlds/real/watches.ts';

/** Plays acts at their times; who was told of whom, and when. */
function played(
  detector: { heartbeatNs: number; misses: number },
  acts: readonly [number, (watches: Watches) => void][],
): [number, number, number, number][] {
  const kernel = new Kernel(0);
  const told: [number, number, number, number][] = [];
  const watches = new Watches(kernel, detector, (watcher, peer, serial) =>
    told.push([kernel.now, watcher, peer, serial]),
  );
  const act = kernel.register((index) => acts[index][1](watches));
  for (const [index, [timeNs]] of acts.entries()) kernel.schedule(timeNs, act, index, 0);
  while (kernel.run(100) > 0);
  return told;
}

const BEAT = { heartbeatNs: 100, misses: 3 };

t.test('a silence is noticed between k-1 and k heartbeats after it began, once (C)', async () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 1000 }),
      fc.integer({ min: 2, max: 5 }),
      fc.nat(5000),
      fc.nat(5000),
      (heartbeatNs, misses, watchNs, goneNs) => {
        const told = played({ heartbeatNs, misses }, [
          [watchNs, (watches) => watches.watch(0, 1, 7)],
          [goneNs, (watches) => watches.silent(1)],
        ]);
        const [[timeNs, ...whom]] = told;
        const sinceNs = timeNs - Math.max(watchNs, goneNs);
        const inTime = sinceNs > (misses - 1) * heartbeatNs && sinceNs <= misses * heartbeatNs;
        return told.length === 1 && whom.join() === '0,1,7' && inTime;
      },
    ),
  );
});

t.test('what is heard again in time, or watched no more, is not suspected', async (t) => {
  const watch: [number, (watches: Watches) => void] = [0, (all) => all.watch(0, 1, 1)];
  const gone: [number, (watches: Watches) => void] = [50, (all) => all.silent(1)];
  t.same(played(BEAT, [watch, gone]), [[300, 0, 1, 1]]);
  t.same(played(BEAT, [watch, gone, [299, (all) => all.heard(1)]]), []);
  t.same(played(BEAT, [watch, gone, [299, (all) => all.unwatch(0, 1)]]), []);
  t.same(played(BEAT, [watch, gone, [299, (all) => all.forget(0)]]), []);
  t.same(played(BEAT, [watch, gone, [299, (all) => all.unwatch(1, 0)]]), [[300, 0, 1, 1]]);
  t.same(
    played(BEAT, [watch, gone, [250, (all) => all.watch(0, 1, 2)]]),
    [[550, 0, 1, 2]],
    'watching anew begins anew',
  );
  t.same(
    played(BEAT, [watch, gone, [120, (all) => all.returned(1)]]),
    [],
    'a return from a crash is told by the return itself',
  );
});

t.test('a watcher that is held notices nothing, and begins its silences anew', async (t) => {
  const acts: [number, (watches: Watches) => void][] = [
    [0, (all) => all.watch(0, 1, 1)],
    [10, (all) => all.hold(0)],
    [50, (all) => all.silent(1)],
  ];
  t.same(played(BEAT, acts), [], 'for as long as it is held');
  t.same(played(BEAT, [...acts, [1000, (all) => all.goOn(0)]]), [[1300, 0, 1, 1]]);
  t.same(played(BEAT, [...acts, [900, (all) => all.heard(1)], [1000, (all) => all.goOn(0)]]), []);
  const before: typeof acts = [acts[0], acts[2], [60, (all) => all.hold(0)]];
  t.same(played(BEAT, before), [], 'and a silence that had begun is forgotten');
});
