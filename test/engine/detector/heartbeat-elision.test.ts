import assert from 'node:assert/strict';
import fc from 'fast-check';
import t from 'tap';
import { ElidedHeartbeats } from '../../../engine/detector/elided-heartbeats.ts';
import type { WireEffect } from '../../../engine/faults/fault-rule.ts';
import { ringTopology } from '../../../engine/network/ring.ts';
import { starTopology } from '../../../engine/network/star.ts';
import { Stations } from '../channel/stations.ts';

const NODES = 4;
const UNTIL_NS = 500_000;
/**
 * All times are multiples of 128 ns but for what each happening adds to its own: no two of them are at once, nor what
 * follows from them, for which of them were first nothing says. So frames take such times too, and a round trip 32 of
 * them, for rarer heartbeats.
 */
const STEP_NS = 128;
const BANDWIDTH = 1e9 / 256;
/** With the header a prime, so that no queue of messages takes a round trip. */
const MESSAGE_BYTES = 23;

const CALLS = ['watch', 'unwatch', 'send', 'send', 'send', 'remind', 'remind', 'hangUp'] as const;
const WIRE_FAULTS = ['cut', 'loss', 'duplicate', 'reorder', 'degrade'] as const;
const BLOWS = ['crash', 'pause', ...WIRE_FAULTS] as const;

/** Things that happen to four nodes who watch each other. */
const happenings = fc.record({
  at: fc.nat(2300),
  for: fc.nat(450),
  node: fc.nat(NODES - 1),
  peer: fc.nat(NODES - 1),
  what: fc.constantFrom(...CALLS, ...BLOWS),
});
type Happening = typeof happenings extends fc.Arbitrary<infer Value> ? Value : never;

const given = fc.record({
  isRing: fc.boolean(),
  latency: fc.integer({ min: 1, max: 4 }),
  heartbeat: fc.constantFrom(3, 79),
  misses: fc.integer({ min: 2, max: 4 }),
  /** How much later blows fall than they say, and in how much less time all else happens. */
  calm: fc.nat(1500),
  haste: fc.constantFrom(1, 2, 4),
  /** So many nodes take part. */
  parties: fc.constantFrom(2, NODES),
  happenings: fc.array(happenings, { maxLength: 40, size: 'max' }),
});

function wireEffect({ what, node, peer }: Happening): WireEffect {
  const scope = { from: [node], to: [peer], oneWay: false };
  if (what === 'degrade')
    return { kind: what, scope, bandwidthFactor: 0.5, latencyFactor: 2, forNs: null };
  if (what === 'cut') return { kind: what, scope, forNs: null };
  if (what === 'duplicate' || what === 'reorder')
    return { kind: what, scope, probability: 0.5, forNs: null };
  return { kind: 'loss', scope, probability: 0.5, forNs: null };
}

/**
 * What came of it. Where latencies are drawn, be it all the same, every frame is played out; before the first fault
 * there may be peace.
 */
function play(
  {
    isRing,
    latency,
    heartbeat,
    misses,
    calm,
    haste,
    parties,
    happenings: drawn,
  }: typeof given extends fc.Arbitrary<infer V> ? V : never,
  how: 'played out' | 'elided' | 'in peace',
) {
  const stations = new Stations({
    topology: (isRing ? ringTopology : starTopology)(NODES, BANDWIDTH, 16 * STEP_NS * latency),
    detector: { heartbeatNs: STEP_NS * heartbeat, misses },
    latencyJitter: how === 'played out' ? { kind: 'constant', value: 1 } : undefined,
  });
  const { transport } = stations;
  const happenings = drawn.map((happening) => ({
    ...happening,
    node: happening.node % parties,
    peer: happening.peer % parties,
  }));
  const state = Array.from({ length: NODES }, () => 'up');
  const incarnations = Array.from({ length: NODES }, () => 0);
  const begin = (happening: Happening, id: number): void => {
    const { what, node, peer } = happening;
    const isWire = WIRE_FAULTS.some((kind) => kind === what);
    const later = (call: () => void) =>
      stations.at(stations.kernel.now + STEP_NS * (1 + happening.for) + 1, call);
    if (isWire) {
      if (node === peer) return;
      transport.beginWireFault(id, wireEffect(happening));
      later(() => transport.endWireFault(id));
    } else if (state[node] !== 'up') return;
    else if (what === 'crash') {
      state[node] = 'down';
      stations.crash(node);
      later(() => {
        state[node] = 'up';
        transport.returned(node, ++incarnations[node]);
      });
    } else if (what === 'pause') {
      state[node] = 'paused';
      transport.paused(node);
      later(() => {
        state[node] = 'up';
        transport.resumed(node);
      });
    } else if (what === 'send') stations.send(node, peer, id, MESSAGE_BYTES);
    else if (what === 'remind') stations.remind(node, peer, id, MESSAGE_BYTES);
    else if (node === peer) return;
    else if (what === 'watch') transport.watch(node, peer);
    else if (what === 'unwatch') transport.unwatch(node, peer);
    else transport.hangUp(node, peer);
  };
  const isBlow = (id: number) => BLOWS.some((kind) => kind === happenings[id].what);
  const timeNs = (id: number) => {
    const { at } = happenings[id];
    return STEP_NS * (isBlow(id) ? at + calm : Math.floor(at / haste)) + 3 * id;
  };
  const blows = [...happenings.keys()].filter(isBlow);
  if (how === 'in peace') transport.expectPeace(Math.min(...blows.map(timeNs)));
  for (const [id, happening] of happenings.entries())
    stations.at(timeNs(id), () => begin(happening, id));
  stations.at(UNTIL_NS + 1, () => {});
  stations.run(UNTIL_NS);
  const { traffic, messagesLost } = transport;
  const { got, gotNs, suspicions, kernel } = stations;
  // Watches that begin anew when a pause is over are all at once.
  const suspected = suspicions.map((list) =>
    list.toSorted((one, other) => one.timeNs - other.timeNs || one.peer - other.peer),
  );
  return {
    told: { traffic, links: transport.use(), messagesLost, got, gotNs, suspected },
    events: kernel.events,
  };
}

t.test(
  'a frame that is not played out changes nothing: suspicions, deliveries and books',
  async (t) => {
    let [saved, peaceful, played] = [0, 0, 0];
    fc.assert(
      fc.property(given, (drawn) => {
        const long = play(drawn, 'played out');
        const short = play(drawn, 'elided');
        const plain = play(drawn, 'in peace');
        saved += long.events - short.events;
        peaceful += +(short.events !== plain.events);
        played += long.events;
        assert.deepEqual(short.told, long.told);
        assert.deepEqual(plain.told, long.told);
      }),
      { numRuns: 1500 },
    );
    t.ok(saved > played / 4, `${saved} of ${played} events are saved`);
    t.ok(peaceful > 500, `${peaceful} runs have messages before the first fault`);
  },
);

t.test(
  'elided heartbeats count the beats and answers before a time, those at that time not',
  async (t) => {
    const heartbeats = new ElidedHeartbeats({ firstNs: 100, heartbeatNs: 10, outNs: 4, backNs: 3 });
    const counts = (timeNs: number) => Object.values(heartbeats.before(timeNs));
    t.same(counts(100), [0, 0, 0, 0]);
    t.same(counts(101), [1, 0, 0, 0]);
    t.same(counts(104), [1, 0, 0, 0]);
    t.same(counts(105), [1, 1, 1, 0]);
    t.same(counts(108), [1, 1, 1, 1]);
    t.same(counts(131), [4, 3, 3, 3]);
    t.equal(heartbeats.beatNs(3), 130);
    t.equal(heartbeats.answerHeardNs(0), 107);
  },
);
