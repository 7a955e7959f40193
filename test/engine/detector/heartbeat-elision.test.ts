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

const CALLS = ['watch', 'unwatch'] as const;
const SENDINGS = ['send', 'send', 'send', 'hangUp'] as const;
const WIRE_FAULTS = ['cut', 'loss', 'duplicate', 'reorder', 'degrade'] as const;
const BLOWS = ['crash', 'pause', ...WIRE_FAULTS] as const;

/**
 * Things that happen to four nodes who watch each other. Every heartbeat is at a time of 4k + 1, every message at one of
 * 4k + 2 and what befalls them at one of 4k + 3, so that no two are at once: which of them were first nothing says.
 */
const happening = <What extends string>(what: readonly What[], offsetNs: number) =>
  fc.record({
    atNs: fc.nat(75_000).map((quarter) => 4 * quarter + offsetNs),
    node: fc.nat(NODES - 1),
    peer: fc.nat(NODES - 1),
    forNs: fc.nat(15_000).map((quarter) => 4 * quarter),
    what: fc.constantFrom(...what),
  });
const happenings = fc.oneof(
  { weight: 2, arbitrary: happening(CALLS, 1) },
  { weight: 4, arbitrary: happening(SENDINGS, 2) },
  { weight: 4, arbitrary: happening(BLOWS, 3) },
);
type Happening = typeof happenings extends fc.Arbitrary<infer Value> ? Value : never;

const given = fc.record({
  isRing: fc.boolean(),
  latencyNs: fc.integer({ min: 1, max: 2000 }).map((quarter) => 4 * quarter),
  misses: fc.integer({ min: 2, max: 4 }),
  happenings: fc.uniqueArray(happenings, {
    maxLength: 40,
    size: 'max',
    selector: ({ atNs }) => atNs,
  }),
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

/** What came of it. Where latencies are drawn, be it all the same, every frame is played out. */
function play(
  { isRing, latencyNs, misses, happenings }: typeof given extends fc.Arbitrary<infer V> ? V : never,
  isElided: boolean,
) {
  const stations = new Stations({
    topology: (isRing ? ringTopology : starTopology)(NODES, 1e9, latencyNs),
    // No round trip is a multiple of it: an answer would come at the very end of a silence.
    detector: { heartbeatNs: 10_028, misses },
    latencyJitter: isElided ? undefined : { kind: 'constant', value: 1 },
  });
  const { transport } = stations;
  const state = Array.from({ length: NODES }, () => 'up');
  const incarnations = Array.from({ length: NODES }, () => 0);
  const begin = (happening: Happening, id: number): void => {
    const { what, node, peer, atNs, forNs } = happening;
    const isWire = WIRE_FAULTS.some((kind) => kind === what);
    const later = (call: () => void) => stations.at(atNs + forNs + (isWire ? 4 : 2), call);
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
    } else if (what === 'send') stations.send(node, peer, id, 1000);
    else if (node === peer) return;
    else if (what === 'watch') transport.watch(node, peer);
    else if (what === 'unwatch') transport.unwatch(node, peer);
    else transport.hangUp(node, peer);
  };
  for (const [id, happening] of happenings.entries())
    stations.at(happening.atNs, () => begin(happening, id));
  stations.at(UNTIL_NS + 1, () => {});
  stations.run(UNTIL_NS);
  const { traffic, messagesLost } = transport;
  const { got, gotNs, suspicions, kernel } = stations;
  return {
    told: { traffic, links: transport.use(), messagesLost, got, gotNs, suspicions },
    events: kernel.events,
  };
}

t.test(
  'a frame that is not played out changes nothing: suspicions, deliveries and books',
  async (t) => {
    let [saved, played] = [0, 0];
    fc.assert(
      fc.property(given, (drawn) => {
        const short = play(drawn, true);
        const long = play(drawn, false);
        saved += long.events - short.events;
        played += long.events;
        assert.deepEqual(short.told, long.told);
      }),
      { numRuns: 1500 },
    );
    t.ok(saved > played / 4, `${saved} of ${played} events are saved`);
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
