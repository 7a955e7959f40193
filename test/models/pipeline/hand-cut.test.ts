/** A cut made by hand is the one that runs, and changes no bit; one that does not fit is refused. */
import fc from 'fast-check';
import t from 'tap';
import { PROTOCOLS } from '../../../models/protocols/registry.ts';
import { sameBits, runProtocol, host } from '../protocols/ring-tmp/harness.ts';
import { anySetting } from '../protocols/ring-tmp/settings.ts';

const HOST = host(1e9, Infinity, 0);
const KINDS = ['ring-tmp', 'gpipe', '1f1b'];

/** Layers of any cost and number of parts, and a cut of them. */
const handCut = fc
  .array(
    fc.record({
      flops: fc.integer({ min: 1, max: 500 }),
      splits: fc.integer({ min: 1, max: 4 }),
    }),
    { minLength: 1, maxLength: 6 },
  )
  .chain((layers) => {
    const places = layers.flatMap(({ splits }, layer) =>
      Array.from({ length: splits }, (_, part) => layer + part / splits),
    );
    return fc.record({
      layers: fc.constant(layers),
      inner: fc.subarray(places.slice(1)),
      kind: fc.constantFrom(...KINDS),
    });
  });

t.test('each node does the work of the layers that the bounds give it', async () => {
  fc.assert(
    fc.property(handCut, ({ layers, inner, kind }) => {
      const bounds = [0, ...inner, layers.length];
      const [batch, iterations] = [6, 2];
      const { result } = runProtocol(
        {
          hosts: bounds.slice(1).map(() => HOST),
          model: {
            kind: 'costs',
            layers: layers.map(({ flops, splits }) => ({
              ...{ name: 'x', forwardFlops: 12 * flops, backwardFlops: 24 * flops },
              ...{ parameters: 0, outputElements: 12, splits },
            })),
            inputElements: 1,
            bounds,
          },
          training: { batch, microBatches: 3, iterations },
        },
        { kind },
      );
      return bounds.slice(1).every((bound, node) => {
        const owned = layers.reduce((sum, { flops }, layer) => {
          const part = Math.min(bound, layer + 1) - Math.max(bounds[node], layer);
          return sum + Math.max(0, part) * 36 * flops;
        }, 0);
        return Math.abs(result.nodes.flops[node] - owned * batch * iterations) < 1e-6;
      });
    }),
    { numRuns: 150 },
  );
});

t.test('where an MLP is cut by hand changes no bit', async () => {
  fc.assert(
    fc.property(anySetting('exact'), fc.constantFrom(...KINDS), fc.nat(), (any, kind, which) => {
      if (any.model.kind !== 'mlp') return true;
      const count = any.model.layers.length - 1;
      const inner = Array.from({ length: count - 1 }, (_, at) => at + 1).filter(
        (at) => ((which >> at) & 1) === 1,
      );
      const bounds = [0, ...inner, count];
      const hosts = bounds.slice(1).map(() => any.hosts[0]);
      const cut = runProtocol({ ...any, hosts, model: { ...any.model, bounds } }, { kind });
      const alone = runProtocol({ ...any, jitter: undefined }, { kind: 'seq-sgd' });
      return sameBits(cut.weights, alone.weights);
    }),
    { numRuns: 60 },
  );
});

t.test('a cut into other than so many stages is refused', async (t) => {
  const layer = { name: 'x', forwardFlops: 1, backwardFlops: 1, parameters: 1, outputElements: 1 };
  const layers = Array.from({ length: 8 }, () => layer);
  const model = { kind: 'costs' as const, layers, inputElements: 1, bounds: [0, 3, 5, 8] };
  const readers = PROTOCOLS.filter(
    ({ kind, uses, options }) => uses['model.bounds'] && options.safeParse({ kind }).success,
  );
  t.ok(readers.length >= 3);
  for (const { kind } of readers) {
    const hosts = [HOST, HOST, HOST, HOST];
    t.throws(
      () => runProtocol({ hosts, model, training: { batch: 8, microBatches: 8 } }, { kind }),
      { message: /cut by hand into 3 stages, and 4 nodes take \d/, path: 'model.bounds' },
      kind,
    );
  }
});
