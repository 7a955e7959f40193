/**
 * What a machine that is twice as good in one thing does to a run without faults, for every protocol (PROTOCOLS J): it is
 * never slower where the order of all work is fixed, takes no more memory but for what waits, and is never without effect
 * unless the run says so.
 */
import fc from 'fast-check';
import t from 'tap';
import { PROTOCOLS } from '../../models/protocols/registry.ts';
import {
  CASE_NAMES,
  CASES,
  type CaseName,
  doubled,
  drawn,
  type Field,
  FIELD_NAMES,
  type Ran,
} from './drawn-machines.ts';

/** Where the order of work follows from what comes first, or how far ahead a stage may be from its times. */
const BY_ARRIVAL: readonly CaseName[] = [
  'ring-tmp, sync',
  'ring-tmp, 2bw',
  'ring-tmp, stash',
  'ring-tmp, bounded',
  'ps-asp',
  'ps, ssp',
  'all-reduce, overlap',
  'all-reduce, groups',
];
const FIXED = CASE_NAMES.filter((name) => !BY_ARRIVAL.includes(name));
/** What has come and waits: there may be more of it where it comes sooner. */
const WAITING = ['buffers', 'pushes', 'parts'];

t.test('every protocol of the registry is among the cases', async (t) => {
  const options = CASE_NAMES.map((name) => CASES[name].options);
  const [sample] = fc.sample(drawn, { numRuns: 1, seed: 1 });
  const kinds = new Set(options.map((of) => of(sample).kind));
  t.strictSame(
    [...kinds],
    PROTOCOLS.map(({ kind }) => kind),
  );
});

/** Throws where the claim does not hold of a drawn run. */
async function holds(
  names: readonly CaseName[],
  fields: readonly Field[],
  claim: (before: Ran, after: Ran, field: Field) => boolean,
  numRuns: number,
  cut: fc.Arbitrary<boolean> = fc.constant(true),
): Promise<void> {
  await fc.assert(
    fc.asyncProperty(
      drawn,
      fc.constantFrom(...names),
      fc.constantFrom(...fields),
      cut,
      async (work, name, field, isCut) => {
        const { before, after } = await doubled(work, name, field, isCut);
        return claim(before, after, field);
      },
    ),
    { numRuns },
  );
}

t.test('J: twice as good is never slower where the order of work is fixed', async () => {
  // Each job and each transfer is rounded up to a whole nanosecond.
  const notSlower = (before: Ran, after: Ran) => after.timeNs <= before.timeNs + before.events;
  await holds(FIXED, FIELD_NAMES, notSlower, 500);
});

t.test('J: where the order is that of arrival it is slower by a tenth at most', async () => {
  const notMuch = (before: Ran, after: Ran) => after.timeNs <= 1.1 * before.timeNs;
  await holds(BY_ARRIVAL, FIELD_NAMES, notMuch, 400);
});

t.test('J: and there it may be slower indeed', async (t) => {
  let slower = 0;
  await fc.assert(
    fc.asyncProperty(drawn, async (work) => {
      const { before, after } = await doubled(work, 'ps-asp', 'speed');
      if (after.timeNs > before.timeNs + before.events) slower++;
    }),
    { numRuns: 150 },
  );
  t.ok(slower > 0 && slower < 30, `${slower} of 150`);
});

/** Peaks of all items but those that wait, by node. */
function kept({ nodes: { memoryItems } }: Ran): string {
  const items = Object.entries(memoryItems).filter(([item]) => !WAITING.includes(item));
  return JSON.stringify(items.map(([item, peaks]) => [item, [...peaks]]));
}

t.test('J: it is no larger but for what waits, and sends the same', async () => {
  const same = (before: Ran, after: Ran) =>
    kept(before) === kept(after) &&
    before.messages === after.messages &&
    before.bytes === after.bytes;
  // How many micro-batches a stage of RingTMP has in flight follows from its times.
  const names = CASE_NAMES.filter((name) => !name.startsWith('ring-tmp'));
  await holds(names, FIELD_NAMES, same, 400);
});

/** What a reader of the results can see of a run. */
function shown({ timeNs, nodes, links, used }: Ran): string {
  return JSON.stringify([timeNs, [...nodes.busyNs], [...links.busyNs], used]);
}

t.test('J: it changes something, or the run says that it cannot', async () => {
  const changes = (before: Ran, after: Ran, field: Field) =>
    shown(before) !== shown(after) ||
    before.told.some((text) => text.includes(`.${field} has no effect`));
  await holds(CASE_NAMES, FIELD_NAMES, changes, 500, fc.boolean());
});

t.test('twice the bandwidth is faster wherever messages are waited for', async () => {
  const waiting = ['gpipe', '1f1b', 'ps-bsp', 'local-sgd', 'all-reduce'] as const;
  await holds(waiting, ['bandwidth'], (before, after) => after.timeNs < before.timeNs, 80);
});
