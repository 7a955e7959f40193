/** Mail over a network that is played: who gets what when, on a clock that the test moves. */
import fc from 'fast-check';
import t from 'tap';
import { MESSAGE_HEADER_BYTES } from '../../../engine/world.ts';
import { dataOf } from '../../../sim/assemble.ts';
import type { Envelope, Mail } from '../../../sim/worlds/mail.ts';
import { type LinkShape, ShapedMail } from '../../../sim/worlds/shaped-mail.ts';
import { RealWorld } from '../../../sim/worlds/real/real-world.ts';
import { TESTED_WORLDS } from './crews.ts';
import { tinyScenario } from './tiny.ts';

/** One that brings everything at once. */
class PileMail implements Mail {
  readonly isFull = false;
  pile: Envelope[] = [];
  private readonly to: (node: number) => PileMail;
  constructor(to: (node: number) => PileMail) {
    this.to = to;
  }
  send(to: number, envelope: Envelope): void {
    this.to(to).pile.push(envelope);
  }
  drain(into: Envelope[]): void {
    into.push(...this.pile.splice(0));
  }
  renew(): void {}
  excuse(): void {}
  listen(): void {}
}

/** Nodes on one clock; the bytes of messages are such that their headers count too. */
function network(t: { teardown(end: () => void): void }, nodes: number, shape: LinkShape) {
  const clock = { nowNs: 0 };
  const piles: PileMail[] = Array.from(
    { length: nodes },
    () => new PileMail((node) => piles[node]),
  );
  const mails = piles.map((pile) => new ShapedMail(pile, shape, () => clock.nowNs));
  const send = (from: number, to: number, bytes: number): void => {
    const [sentNs, message] = [clock.nowNs, { kind: 'm' }];
    const size = bytes - MESSAGE_HEADER_BYTES;
    mails[from].send(to, { from, sentNs, leftNs: sentNs, bytes: size, message });
  };
  /** When each message to the node comes, by steps of the clock. */
  const arrivals = (node: number, stepNs: number, untilNs: number): [number, number][] => {
    const came: [number, number][] = [];
    for (; clock.nowNs <= untilNs; clock.nowNs += stepNs) {
      const into: Envelope[] = [];
      mails[node].drain(into);
      for (const { from } of into) came.push([from, clock.nowNs]);
    }
    return came;
  };
  // What is still on its way has a timer.
  t.teardown(() => {
    clock.nowNs = 1e15;
    for (const mail of mails) mail.drain([]);
  });
  return { send, arrivals };
}

t.test('a message comes after its bytes have left and the delay has passed', async (t) => {
  const { send, arrivals } = network(t, 2, { bytesPerSecond: 1e9, delayNs: 5000 });
  send(0, 1, 1000);
  send(0, 1, 500);
  t.same(arrivals(1, 100, 10_000), [
    [0, 6000],
    [0, 6500],
  ]);
});

t.test('a link is shared by all that goes out, and by all that comes in', async (t) => {
  const { send, arrivals } = network(t, 4, { bytesPerSecond: 1e9, delayNs: 0 });
  send(0, 2, 1000);
  send(0, 3, 1000);
  send(1, 3, 1000);
  t.same(arrivals(3, 1000, 5000), [
    [1, 1000],
    [0, 2000],
  ]);
});

t.test(
  'no link carries more than its bandwidth, and none stands still with work to do',
  async (t) => {
    const sizes = fc.array(fc.integer({ min: 100, max: 10_000 }), { minLength: 1, maxLength: 20 });
    fc.assert(
      fc.property(sizes, fc.integer({ min: 0, max: 50_000 }), (sizes, delayNs) => {
        const { send, arrivals } = network(t, 2, { bytesPerSecond: 1e9, delayNs });
        for (const size of sizes) send(0, 1, size);
        const total = sizes.reduce((sum, size) => sum + size);
        const last = arrivals(1, 1, total + delayNs + 1).at(-1)![1];
        return Math.abs(last - (total + delayNs)) <= 1;
      }),
      { numRuns: 20 },
    );
    t.pass('the last byte comes after all of them and the delay');
  },
);

for (const world of TESTED_WORLDS)
  t.test(
    `on ${world.name} a run with a delay is not faster than light, and ends with the same bits`,
    async (t) => {
      const [iterations, delayNs] = [4, 5e6];
      const scenario = await tinyScenario({ kind: 'ring-tmp', nodes: 2, iterations });
      const play = async (shape: LinkShape | null) => {
        const { runs, crash } = await new RealWorld(world, scenario, dataOf(scenario), {
          shape,
        }).start();
        if (crash) throw crash;
        return runs[0];
      };
      const [plain, shaped] = [await play(null), await play({ bytesPerSecond: 1e6, delayNs })];
      t.same(shaped.training.finalWeights, plain.training.finalWeights);
      t.equal(shaped.result.bytes, plain.result.bytes);
      // A forward and a backward message an iteration at the least, one after the other.
      t.ok(shaped.result.timeNs >= 2 * iterations * delayNs, `${shaped.result.timeNs} ns`);
    },
  );
