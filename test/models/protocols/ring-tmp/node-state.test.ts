/** PROTOCOLS C: what nodes hold is carried from layout to layout, and training goes on with the same bits. */
import fc from 'fast-check';
import t from 'tap';
import { OPTIMIZER_SLOTS } from '../../../../models/spec/training.ts';
import { syntheticData } from '../../../../models/learning/data/synthetic.ts';
import { Cloning, type Delivery } from '../../../../sim/worlds/cloning.ts';
import { host, runProtocol, SPEED, trainingOf } from './harness.ts';
import type { Change } from './director.ts';
import { anySetting, ringOptions } from './settings.ts';
import { play, type Play, type Played } from './view-play.ts';

const changes = (ruthless: boolean): fc.Arbitrary<Change[]> =>
  fc.array(
    fc.record({
      afterNs: fc.oneof(fc.constant(0), fc.integer({ min: 0, max: 20_000 }), fc.nat(300_000)),
      atBoundary: fc.integer({ min: 0, max: 3 }).map((word) => word === 0),
      kills: fc.integer({ min: -1, max: 12 }),
      ruthless: fc.constant(ruthless),
      newest: fc.boolean(),
      joins: fc.boolean(),
      words: fc.array(fc.nat(1000), { minLength: 1, maxLength: 12 }),
    }),
    { minLength: 1, maxLength: 6 },
  );

const plays = (numerics: 'exact' | 'cost', ruthless: boolean): fc.Arbitrary<Play> =>
  fc
    .record({
      setting: anySetting(numerics),
      options: ringOptions,
      replicas: fc.integer({ min: 0, max: 3 }),
      iterations: fc.integer({ min: 1, max: 5 }),
      changes: changes(ruthless),
      lossDelayNs: fc.constantFrom(0, 0, 3000, 30_000),
      checkpointEvery: ruthless ? fc.integer({ min: 0, max: 2 }) : fc.constant(0),
    })
    .map(({ setting, options, replicas, iterations, ...script }) => ({
      setting: {
        ...setting,
        training: { ...setting.training, iterations, evaluateEvery: 1 },
      },
      options: { ...options, replicas },
      ...script,
    }));

/** Every slice ever published is that of seq-SGD, and of the last version one epoch has them all. */
function rightWeights({ setting }: Play, { slices }: Played): string | null {
  const whole = new Map<number, { values: ArrayLike<number> }>();
  runProtocol(
    {
      ...setting,
      jitter: undefined,
      observer: {
        noted(_, _timeNs, name, value) {
          const { version, values } = value as { version: number; values: Float32Array };
          if (name === 'weights') whole.set(version, { values: values.slice() });
        },
      },
    },
    { kind: 'seq-sgd' },
  );
  const last = setting.training!.iterations!;
  const covered = new Map<number, number>();
  for (const { version, offset, epoch, values } of slices) {
    const right = whole.get(version)!.values;
    for (let k = 0; k < values.length; k++)
      if (!Object.is(values[k], right[offset + k]))
        return `parameter ${offset + k} of version ${version} in epoch ${epoch}`;
    if (version === last) covered.set(epoch, (covered.get(epoch) ?? 0) + values.length);
  }
  const full = whole.get(last)!.values.length;
  return [...covered.values()].includes(full) ? null : 'no epoch has all of the last version';
}

/** Every iteration has been told of, and none of them is told before those it builds on. */
function toldOfAll({ setting }: Play, { iterations }: Played): boolean {
  const told = new Set<number>();
  const inOrder = iterations.every(({ iteration }) => {
    told.add(iteration);
    return iteration === 0 || told.has(iteration - 1);
  });
  return inOrder && told.size === setting.training!.iterations;
}

/** At the end a node holds its part of the last view, the one before if that was never updated, and nothing else. */
function ledgerIsClean({ setting }: Play, { held, plans, work, lost }: Played): string | null {
  const view = plans.at(-1)?.view;
  if (view === undefined || lost) return null;
  for (const [node, items] of held.entries()) {
    if (!view.nodes.includes(node)) {
      for (const [item, bytes] of items) if (bytes !== 0) return `node ${node}: ${item} ${bytes}`;
      continue;
    }
    const position = view.nodes.indexOf(node);
    const parameters =
      work.parameterBound(view.bounds[position + 1]) - work.parameterBound(view.bounds[position]);
    if (items.get('weights') !== (parameters * setting.training!.precision!) / 8)
      return `node ${node} holds ${items.get('weights')} bytes of weights`;
    // A gradient that came for a replica may wait to be applied until the end.
    if (items.get('activations')! > 0 || (items.get('buffers') ?? 0) > (items.get('pending') ?? 0))
      return `node ${node} keeps ${items.get('activations')} and ${items.get('buffers')} bytes`;
    const moved = plans.at(-1)!.source.version < setting.training!.iterations!;
    if (moved && (items.get('earlier view') ?? 0) !== 0)
      return `node ${node} keeps the earlier view`;
  }
  return null;
}

function judge(what: Play, played: Played): void {
  const { failure } = played.result;
  if (failure !== null)
    throw new Error(
      `${failure.message} ${JSON.stringify('nodes' in failure ? failure.nodes : '')}`,
    );
  const ledger = ledgerIsClean(what, played);
  if (ledger !== null) throw new Error(ledger);
  if (played.lost) return;
  if (!toldOfAll(what, played)) throw new Error('an iteration was not told of, or out of order');
  if (what.setting.training!.numerics === 'cost') return;
  const weights = rightWeights(what, played);
  if (weights !== null) throw new Error(weights);
}

t.test(
  'C: any changes of view, any cuts, any single losses: the bits are those of seq-SGD',
  async (t) => {
    const seen = { changes: 0, killed: 0, rolledBack: 0 };
    fc.assert(
      fc.property(plays('exact', false), (what) => {
        const played = play(what);
        judge(what, played);
        if (played.lost) throw new Error('state was lost that a replica should have had');
        seen.changes += played.plans.length;
        for (const { source, view } of played.plans) {
          if (source.holders.length > view.nodes.length) seen.killed++;
          if (played.iterations.some(({ iteration }) => iteration >= source.version))
            seen.rolledBack++;
        }
      }),
      { numRuns: 100 },
    );
    t.ok(seen.changes > 120 && seen.killed > 40 && seen.rolledBack > 80, JSON.stringify(seen));
  },
);

t.test(
  'C: beyond what replicas promise the checkpoint is read, cut anew, and nothing is silent',
  async (t) => {
    const from = { start: 0, checkpoint: 0 };
    fc.assert(
      fc.property(plays('exact', true), (what) => {
        const played = play(what);
        judge(what, played);
        if (played.lost) throw new Error('there is always the seed to begin again from');
        for (const { source } of played.plans)
          if (source.checkpoint) from[source.version === 0 ? 'start' : 'checkpoint']++;
      }),
      { numRuns: 70 },
    );
    t.ok(from.start + from.checkpoint > 10, JSON.stringify(from));
  },
);

t.test('section 8: without a tensor the same happens at the same time', async (t) => {
  let changes = 0;
  fc.assert(
    fc.property(plays('exact', true), (what) => {
      const { setting } = what;
      const training = { ...setting.training, numerics: 'cost' as const };
      const cost = play({ ...what, setting: { ...setting, training } });
      const exact = play(what);
      judge({ ...what, setting: { ...setting, training } }, cost);
      changes += cost.plans.length;
      return exact.result.digest === cost.result.digest;
    }),
    { numRuns: 60 },
  );
  t.ok(changes > 60);
});

/** How often each block was run backward, for each micro-batch of each iteration. */
function passes({ jobs, work }: Played): number[] {
  const counts = new Map<string, number>();
  for (const { pass, iteration, microBatch, low, high } of jobs)
    for (let block = low; block < high && pass === 'backward'; block++) {
      const key = `${block} ${iteration}/${microBatch}`;
      counts.set(key, (counts.get(key) ?? 0) + 1);
    }
  return [...counts.values()].concat(counts.size === 0 ? [work.line.blocks.length] : []);
}

t.test('C: a change as an iteration begins redoes nothing', async (t) => {
  let changes = 0;
  fc.assert(
    fc.property(plays('cost', false), (what) => {
      const gentle = what.changes.map((change) => ({ ...change, atBoundary: true, kills: -1 }));
      const played = play({ ...what, changes: gentle });
      judge(what, played);
      changes += played.plans.length;
      return passes(played).every((count) => count === 1);
    }),
    { numRuns: 70 },
  );
  t.ok(changes > 80, `${changes} changes`);
});

t.test(
  'A.4: what moves is w (1 + o) bytes a parameter whose owner is not who served it',
  async (t) => {
    let bytes = 0;
    fc.assert(
      fc.property(plays('cost', false), (what) => {
        const played = play(what);
        const plan = played.plans.at(-1);
        if (plan === undefined) return true;
        const { view, source } = plan;
        const { optimizer, precision } = what.setting.training!;
        const parameters = (low: number, high: number) =>
          played.work.parameterBound(high) - played.work.parameterBound(low);
        let moved = 0;
        for (const [old, holder] of source.holders.entries())
          for (const [position, owner] of view.nodes.entries()) {
            const low = Math.max(source.bounds[old], view.bounds[position]);
            const high = Math.min(source.bounds[old + 1], view.bounds[position + 1]);
            if (low < high && owner !== holder) moved += parameters(low, high);
          }
        moved *= (precision! / 8) * (1 + OPTIMIZER_SLOTS[optimizer!.kind]);
        bytes += moved;
        return (played.moved.get(view.epoch) ?? 0) === moved;
      }),
      { numRuns: 70 },
    );
    t.ok(bytes > 1000);
  },
);

t.test(
  'C: a node lost at any time and in any job, with a replica and with a checkpoint',
  async (t) => {
    const setting = {
      seed: 5,
      hosts: [host(), host(SPEED / 4), host(), host()],
      model: { kind: 'mlp' as const, layers: [5, 8, 6, 4], activation: 'relu' as const },
      training: trainingOf({
        numerics: 'exact',
        optimizer: { kind: 'adam', beta1: 0.9, beta2: 0.999, epsilon: 1e-8 },
        iterations: 3,
        microBatches: 2,
        evaluateEvery: 1,
      }),
      data: syntheticData(5, 30, 3, 5, 4),
      network: { kind: 'star' as const, latencyNs: 100, bandwidth: 1e9 },
    };
    const jobs = new Set<string>();
    let restored = 0;
    for (let step = 0; step < 300; step++) {
      // With a replica nothing is lost; without one the checkpoint is read.
      const replicas = step % 2;
      const script = { afterNs: 200 * step, atBoundary: false, joins: false, newest: true };
      const change = { ...script, kills: (step >> 1) % 4, ruthless: replicas === 0, words: [step] };
      const rest = { checkpointEvery: 1, lossDelayNs: 0 };
      const what = { setting, options: { replicas }, changes: [change], ...rest };
      const played = play(what);
      judge(what, played);
      if (played.lost) throw new Error(`at ${change.afterNs} ns state was lost`);
      for (const { pass } of played.jobs) jobs.add(pass);
      for (const { source } of played.plans)
        if (source.checkpoint && source.version > 0) restored++;
    }
    t.ok(restored > 5, `${restored} times from a checkpoint`);
    t.ok(jobs.has('replica') && jobs.has('update'));
  },
);

t.test('section 2: what is sent is given away, and copies train to the same bits', async (t) => {
  let sent = 0;
  fc.assert(
    fc.property(
      plays('exact', true),
      fc.constantFrom<Delivery>('reference', 'clone'),
      (what, delivery) => {
        let cloning: Cloning | null = null;
        const played = play({
          ...what,
          cloning: (place) => (cloning = new Cloning(place, delivery)).place,
        });
        judge(what, played);
        sent += cloning!.sent;
        const [violation] = cloning!.violations();
        if (violation !== undefined) throw new Error(violation);
      },
    ),
    { numRuns: 50 },
  );
  t.ok(sent > 5000, `${sent} messages`);
});
