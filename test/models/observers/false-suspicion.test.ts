/** To which blow a suspicion is owed, and when to none: no fault pays for a false alarm. */
import t from 'tap';
import type { FaultEffect, InjectedFault } from '../../../engine/faults/fault-rule.ts';
import { ringTopology } from '../../../engine/network/ring.ts';
import { MS, NODES, Play, without } from './fault-play.ts';

t.test('a suspicion that no blow explains is owed to none, nor is its repair', async (t) => {
  const play = new Play();
  const pause = play.strike(10, 'pause', [2], 12);
  play.end(pause);
  play.strike(20, 'slow', [3]);
  play.strike(20, 'reorder', [3]);
  const cut = play.strike(20, 'cut', [4], 30);
  play.suspect(25, 2, 3);
  play.suspect(26, 1, 2);
  play.note(27, 2, 'redone', 5);
  play.recover(28, without(3));
  play.note(28, 2, 'redone', 5);
  play.end(cut);
  play.suspect(36, 1, 4);
  t.strictSame(
    play.records.map(({ detectedNs, redoneSamples }) => [detectedNs, redoneSamples]),
    play.records.map(() => [null, 0]),
    'over too long ago, no cause of silence, or between others',
  );
});

t.test('a slow link is felt by all whose way goes over it', async (t) => {
  const play = new Play({ topology: ringTopology(NODES, 1e9, 1000) });
  const scope = { from: [1], to: [3], oneWay: false };
  const strike = { number: 0, rule: 0, kind: 'degrade', nodes: [1, 3], timeNs: MS, endNs: null };
  const effect = { kind: 'degrade', scope, bandwidthFactor: 1, latencyFactor: 9, forNs: null };
  play.log.faultBegan(strike as InjectedFault, effect as FaultEffect);
  play.suspect(2, 5, 4);
  t.equal(play.records[0].detectedNs, null);
  play.suspect(3, 2, 4);
  t.equal(play.records[0].detectedNs, 3 * MS);
});
