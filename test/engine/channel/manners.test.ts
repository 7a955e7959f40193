/** What the reliable channel costs, and what it keeps from doing. */
import t from 'tap';
import { starTopology } from '../../../engine/network/star.ts';
import { ringTopology } from '../../../engine/network/ring.ts';
import { Stations } from './stations.ts';

const acknowledgements = ({ transport }: Stations) =>
  transport.traffic.controlFramesSent.reduce((sum, count) => sum + count, 0);

for (const sharing of ['fifo', 'fair'] as const)
  t.test(`${sharing}: without loss nothing is sent twice, however long the queue`, async (t) => {
    const stations = new Stations({ topology: starTopology(9, 1e9, 100), sharing });
    for (let n = 0; n < 5; n++)
      for (let from = 1; from < 9; from++) stations.send(from, 0, n, 100_000);
    stations.run();
    t.equal(stations.got[0].length, 40);
    const messagesReceived = stations.transport.traffic.messagesReceived[0];
    t.equal(
      messagesReceived,
      40,
      'the last waited for four million ns, a time-out is 200 thousand',
    );
    const told = acknowledgements(stations);
    t.ok(told >= 8 && told <= 40, `${told} acknowledgements to eight senders of forty messages`);
  });

t.test('of a dense stream one acknowledgement comes a round trip, and no more', async (t) => {
  const stations = new Stations({ topology: starTopology(2, 1e9, 10_000) });
  for (let n = 0; n < 1000; n++) stations.send(0, 1, n, 52);
  stations.run();
  const roundTripNs = 2 * (10_000 + 48);
  const extra = acknowledgements(stations);
  t.ok(extra <= 100_000 / roundTripNs + 2, `${extra} of a stream of 100,000 ns`);
  t.ok(extra >= 4);
});

t.test('a message costs a few events, and nothing is left when all has come', async (t) => {
  const stations = new Stations({ topology: ringTopology(4, 1e9, 1000) });
  for (let n = 0; n < 100; n++) stations.at(50_000 * n, () => stations.send(0, 1, n, 52));
  t.equal(stations.run(1e12), false, 'nothing is left to happen');
  const events = stations.kernel.events - 100;
  t.equal(events, 201, 'it departs, it arrives; the time-out of the first passes');
});

t.test('where latencies are drawn it costs a few more', async (t) => {
  const latencyJitter = { kind: 'constant', value: 1 } as const;
  const stations = new Stations({ topology: ringTopology(4, 1e9, 1000), latencyJitter });
  for (let n = 0; n < 100; n++) stations.at(50_000 * n, () => stations.send(0, 1, n, 52));
  t.equal(stations.run(1e12), false, 'nothing is left to happen');
  const events = stations.kernel.events - 100;
  t.equal(events, 400, 'its acknowledgement arrives too, and its time-out passes');
});

t.test(
  'time-outs double up to sixty-four times, and begin anew when something comes',
  async (t) => {
    const stations = new Stations({ topology: starTopology(2, 1e9, 1000) });
    const scope = { from: [0], to: [1], oneWay: true };
    const loss = { kind: 'loss', probability: 1, scope, forNs: null } as const;
    stations.transport.beginWireFault(0, loss);
    const losses: number[] = [];
    stations.check.messageSent(999, 0, 1, { kind: 'unused' });
    const { transport } = stations;
    const lost = transport.lost.bind(transport);
    transport.lost = (frame) => {
      losses.push(stations.kernel.now);
      lost(frame);
    };
    stations.send(0, 1, 0, 52);
    stations.run(2_000_000);
    const steps = losses.slice(1).map((timeNs, index) => timeNs - losses[index] - 1100);
    const timeOutNs = 3 * 2 * 1048;
    t.same(
      steps.slice(0, 9).map((ns) => ns / timeOutNs),
      [1, 2, 4, 8, 16, 32, 64, 64, 64],
    );
    transport.endWireFault(0);
    stations.run(3_000_000);
    t.equal(stations.got[1].length, 1);
  },
);

t.test('a message carries the acknowledgement of what came the other way', async (t) => {
  const stations = new Stations({ topology: starTopology(2, 1e9, 1000) });
  const scope = { from: [1], to: [0], oneWay: true };
  const { transport } = stations;
  // The acknowledgement itself is lost at 1150 + 1048; the message sent at 3000 says the same.
  transport.beginWireFault(0, { kind: 'cut', scope, forNs: null });
  stations.send(0, 1, 0, 102);
  stations.at(3000, () => transport.endWireFault(0));
  stations.at(3000, () => stations.send(1, 0, 1, 102));
  stations.run();
  t.equal(transport.messagesLost, 0);
  t.equal(transport.messages, 2);
  t.equal(acknowledgements(stations), 2, 'one each');
  t.equal(stations.transport.traffic.messagesReceived[1], 1, 'nothing was sent again');
});

t.test('a frame to oneself needs no channel, and is lost in a crash', async (t) => {
  const stations = new Stations({ topology: starTopology(2, 1e9, 1000) });
  stations.send(0, 0, 5);
  stations.run();
  t.same([stations.got[0], stations.transport.messages], [['0:5'], 0]);
  stations.at(100, () => {
    stations.send(0, 0, 6);
    stations.crash(0);
    stations.transport.returned(0, 1);
  });
  stations.run();
  t.same(stations.got[0], ['0:5']);
  t.equal(stations.transport.messagesLost, 1);
});

t.test('a crashed host leaves nothing behind that is still to happen', async (t) => {
  const stations = new Stations({ topology: starTopology(2, 1e9, 100) });
  stations.transport.watch(0, 1);
  stations.send(0, 1, 0);
  stations.at(5000, () => stations.crash(0));
  stations.run();
  t.equal(stations.kernel.now, 5000);
});

t.test('what becomes of a frame is no news for the next incarnation of its sender', async (t) => {
  const stations = new Stations({ topology: starTopology(4, 1e9, 100_000) });
  stations.send(0, 1, 0, 52);
  stations.at(200, () => stations.crash(0));
  stations.at(300, () => stations.transport.returned(0, 1));
  for (const from of [2, 3]) stations.at(300, () => stations.send(from, 1, from, 10_000_000));
  stations.at(400, () => stations.send(0, 1, 1, 52));
  stations.run();
  t.equal(stations.got[1].length, 4);
  const messagesReceived = stations.transport.traffic.messagesReceived[1];
  t.equal(messagesReceived, 4, 'the last waited twenty ms in a queue, and was not sent again');
});
