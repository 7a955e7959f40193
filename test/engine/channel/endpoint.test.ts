/** Endpoints and their halves by themselves: no kernel, no network, only the frames they ask for. */
import fc from 'fast-check';
import t from 'tap';
import { Endpoint } from '../../../engine/channel/endpoint.ts';
import type { Purpose } from '../../../engine/channel/endpoint-world.ts';
import type { DataFrame, Frame } from '../../../engine/channel/frame.ts';
import { type Sending, UNKNOWN_INCARNATION } from '../../../engine/parcel.ts';
import { Peer } from '../../../engine/channel/peer.ts';
import { ReceiverHalf } from '../../../engine/channel/receiver-half.ts';
import { SenderHalf } from '../../../engine/channel/sender-half.ts';
import type { NodeId } from '../../../engine/world.ts';

const message = { kind: 'numbered' };

function data(from: NodeId, incarnation: number, channel: number, sequence: number): DataFrame {
  const header = { from, to: 0, incarnation, toIncarnation: 0, acknowledgement: null };
  const parcel = { number: sequence, message, bytes: 100, sequence, underWay: 0, goneNs: 0 };
  const end = new Peer(0, incarnation, 0, () => 300);
  return { kind: 'data', ...header, channel, parcel, end };
}

/** An endpoint of node 0 with a log of all it asks for. */
function lonely(incarnation = 0, isLossy = false) {
  const sent: Frame[] = [];
  const got: number[] = [];
  const suspected: NodeId[] = [];
  const begun: NodeId[] = [];
  const wakes: [NodeId, Purpose, number][] = [];
  const endpoint = new Endpoint(
    0,
    incarnation,
    { heartbeatNs: 1000, misses: 3 },
    {
      transmit: (frame) => sent.push(frame),
      abandon() {},
      wake: (_self, peer, purpose, timeNs) => {
        if (timeNs < Infinity) wakes.push([peer, purpose, timeNs]);
      },
      deliver: ({ number }) => got.push(number),
      suspect: (_self, peer) => suspected.push(peer),
      channelBegun: (_self, peer) => begun.push(peer),
      elidesHeartbeats: () => false,
      calms: () => null,
      isLossy: () => isLossy,
      roundTrips: { ns: () => 100, timeOutNs: () => 300 },
    },
  );
  return { endpoint, sent, got, suspected, begun, wakes };
}

t.test('what is left of an earlier incarnation counts for nothing', async (t) => {
  const { endpoint, got, wakes } = lonely();
  t.equal(endpoint.receive(data(1, 1, 0, 0), 10), true);
  endpoint.watch(1, 20);
  endpoint.woken(1, 'watch', 1020);
  endpoint.woken(1, 'watch', 2020);
  t.equal(endpoint.receive(data(1, 0, 5, 0), 2500), false);
  endpoint.woken(1, 'watch', 3020);
  t.same(got, [0]);
  t.ok(wakes.length >= 3);
  const late = lonely();
  late.endpoint.receive(data(1, 1, 0, 0), 10);
  late.endpoint.watch(1, 20);
  late.endpoint.receive({ ...data(1, 0, 0, 0), kind: 'data' }, 3000);
  late.endpoint.woken(1, 'watch', 3020);
  t.same(late.suspected, [1], 'it is no sign of life');
});

t.test(
  'a later incarnation addresses whichever incarnation it finds until it has heard of it',
  async (t) => {
    const { endpoint, sent, begun } = lonely(2);
    const toLives = () =>
      sent.flatMap((frame) => (frame.kind === 'data' ? [frame.toIncarnation] : []));
    endpoint.send(1, { number: 0, message, bytes: 100 });
    t.same(toLives(), [UNKNOWN_INCARNATION]);
    endpoint.receive({ ...data(1, 3, 0, 0), toIncarnation: 2 }, 10);
    endpoint.send(1, { number: 1, message, bytes: 100 });
    t.same(toLives(), [UNKNOWN_INCARNATION, 3]);
    t.same(begun, [], 'it is the same channel');
    endpoint.receive({ ...data(1, 4, 0, 0), toIncarnation: 2 }, 10);
    endpoint.send(1, { number: 2, message, bytes: 100 });
    t.same(toLives(), [UNKNOWN_INCARNATION, 3, 4]);
    t.same(begun, [1]);
  },
);

t.test('what is meant for another incarnation of the node is answered by a reset', async (t) => {
  const { endpoint, sent, got } = lonely(1);
  t.equal(endpoint.receive(data(1, 0, 0, 0), 10), false);
  t.match(sent, [{ kind: 'reset', to: 1, incarnation: 1 }]);
  t.same(got, []);
});

t.test('beats are answered unless they are answers, or one beats oneself', async (t) => {
  const { endpoint, sent } = lonely();
  const control = { from: 1, to: 0, incarnation: 0, acknowledgement: null };
  endpoint.receive({ kind: 'beat', ...control }, 10);
  endpoint.receive({ kind: 'answer', ...control }, 20);
  t.same(
    sent.map(({ kind }) => kind),
    ['answer'],
  );
  endpoint.watch(1, 30);
  endpoint.receive({ kind: 'beat', ...control }, 40);
  t.same(
    sent.map(({ kind }) => kind),
    ['answer', 'beat'],
  );
});

t.test(
  'heartbeats and their answers acknowledge where frames get lost, and only there',
  async (t) => {
    for (const isLossy of [true, false]) {
      const { endpoint, sent } = lonely(0, isLossy);
      endpoint.receive(data(1, 0, 0, 0), 10);
      endpoint.receive({ kind: 'beat', from: 1, to: 0, incarnation: 0, acknowledgement: null }, 20);
      endpoint.watch(1, 30);
      const acknowledgement = { incarnation: 0, channel: 0, next: 1 };
      const perhaps = isLossy ? acknowledgement : null;
      t.match(sent, [
        { kind: 'acknowledge', acknowledgement },
        { kind: 'answer', acknowledgement: perhaps },
        { kind: 'beat', acknowledgement: perhaps },
      ]);
    }
  },
);

t.test('an acknowledgement of an earlier incarnation of the node means nothing', async (t) => {
  const { endpoint, sent } = lonely(1);
  endpoint.send(1, { number: 0, message, bytes: 100 });
  const frame = sent[0] as DataFrame;
  const control = { kind: 'acknowledge' as const, from: 1, to: 0, incarnation: 0 };
  endpoint.receive({ ...control, acknowledgement: { incarnation: 0, channel: 0, next: 1 } }, 50);
  endpoint.gone(frame, 60);
  endpoint.woken(1, 'resend', 360);
  t.equal(sent.length, 2, 'sent again');
  endpoint.receive({ ...control, acknowledgement: { incarnation: 1, channel: 0, next: 1 } }, 370);
  endpoint.gone(frame, 380);
  endpoint.woken(1, 'resend', 9999);
  t.equal(sent.length, 2);
});

const frames = fc.array(
  fc.record({ incarnation: fc.nat(2), channel: fc.nat(2), sequence: fc.nat(4) }),
  {
    maxLength: 60,
    size: 'max',
  },
);

t.test(
  'invariant CH at the receiving half: any frames, each channel a prefix, none twice',
  async (t) => {
    fc.assert(
      fc.property(frames, (frames) => {
        const half = new ReceiverHalf();
        let newest = [-1, -1];
        let arrived = new Set<number>();
        for (const { incarnation, channel, sequence } of frames) {
          const isStale =
            incarnation < newest[0] || (incarnation === newest[0] && channel < newest[1]);
          const place = half.put(
            incarnation,
            channel,
            data(1, incarnation, channel, sequence).parcel,
          );
          if (isStale !== (place === 'stale')) return false;
          if (isStale) continue;
          if (incarnation !== newest[0] || channel !== newest[1]) arrived = new Set();
          newest = [incarnation, channel];
          if (arrived.has(sequence) !== (place === 'known')) return false;
          arrived.add(sequence);
          let prefix = 0;
          while (arrived.has(prefix)) prefix++;
          for (let next = half.take(); next !== null; next = half.take())
            if (!arrived.has(next.number)) return false;
          const told = half.acknowledgement();
          if (told?.incarnation !== incarnation || told.channel !== channel || told.next !== prefix)
            return false;
        }
        return true;
      }),
    );
    t.pass();
  },
);

t.test('the sending half times the oldest, from when it has left the network', async (t) => {
  const half = new SenderHalf(0, (bytes) => 3 * bytes);
  const gone = (sending: Sending, nowNs: number) => {
    sending.underWay--;
    sending.goneNs = nowNs;
  };
  const first = half.add({ number: 0, message, bytes: 100 });
  const second = half.add({ number: 1, message, bytes: 100 });
  first.underWay = second.underWay = 1;
  gone(second, 50);
  t.equal(half.deadlineNs, Infinity, 'the oldest waits in a queue');
  gone(first, 1000);
  t.equal(half.deadlineNs, 1300);
  t.equal(half.overdue(1299), null);
  t.equal(half.overdue(1300), first);
  first.underWay++;
  gone(first, 1400);
  t.equal(half.deadlineNs, 2000, 'twice as long');
  half.acknowledged(0, 1);
  t.equal(half.deadlineNs, 350, 'the next has been due for long');
  t.equal(half.overdue(1400), second);
  half.acknowledged(1, 2);
  half.begin(4);
  half.acknowledged(0, 2);
  gone(second, 1500);
  t.same([half.deadlineNs, half.peerIncarnation, half.channel], [Infinity, 4, 1]);
  t.equal(half.add({ number: 2, message, bytes: 100 }).sequence, 0);
});
