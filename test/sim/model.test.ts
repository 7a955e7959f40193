/** Times of a cost table are what they take on the host they were measured on. */
import fc from 'fast-check';
import t from 'tap';
import { modelOf } from '../../sim/model.ts';

t.test('a layer of times costs what the reference host does in them', async (t) => {
  const seconds = fc.double({ min: 0, max: 10, noNaN: true });
  fc.assert(
    fc.property(
      seconds,
      seconds,
      fc.double({ min: 1, max: 1e15, noNaN: true }),
      (forward, backward, speed) => {
        const layer = {
          name: 'a',
          parameters: 1,
          outputElements: 2,
          forwardSeconds: forward,
          backwardSeconds: backward,
        };
        const model = modelOf({
          kind: 'costs',
          inputElements: 1,
          referenceSpeed: speed,
          layers: [{ ...layer, repeat: 2 }],
        });
        if (model.kind === 'mlp') return false;
        return model.layers.every(
          (one, copy) =>
            one.name === `a ${copy + 1}` &&
            one.forwardFlops === forward * speed &&
            one.backwardFlops === backward * speed,
        );
      },
    ),
  );
  t.pass();
});
