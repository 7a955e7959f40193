import t from 'tap';
import fc from 'fast-check';
import { crash, runFaulty, type FaultySetting } from './faulty.ts';
import { part } from './faulty-settings.ts';
import { host } from './harness.ts';

const MS = 1e6;

/** To let the host back in takes four writes of 100 us each, and eight times the farthest way at the most. */
const slackNs = ({ hosts, network }: FaultySetting) =>
  MS + 8 * network!.latencyNs * Math.ceil(hosts.length / 2);

const settings: fc.Arbitrary<FaultySetting> = fc
  .record({
    nodes: fc.integer({ min: 2, max: 9 }),
    heartbeatNs: fc.constantFrom(0.5 * MS, 2 * MS, 10 * MS, 1000 * MS),
    misses: fc.constantFrom(2, 3),
    kind: fc.constantFrom('star' as const, 'ring' as const),
    sharing: fc.constantFrom('fifo' as const, 'fair' as const),
    latencyNs: fc.constantFrom(5000, 50_000),
    seed: fc.nat(1000),
  })
  .map(({ nodes, kind, latencyNs, ...rest }) => ({
    ...rest,
    hosts: Array.from({ length: nodes }, () => host()),
    model: { kind: 'mlp', layers: [16, 24, 24, 8], activation: 'relu' },
    training: { batch: 16, microBatches: 4, iterations: 5 },
    network: { kind, bandwidth: 1e9, latencyNs },
    rules: [],
  }));

/** Down for less than the detector's silence, some of them for next to nothing. */
const reboots = fc.record({
  node: fc.nat(100),
  /** Of the run's time: the first view is agreed on in its first third. */
  when: fc.oneof(part(1), part(0.35)),
  down: fc.oneof(part(0.01), part(0.9)),
  replicas: fc.integer({ min: 1, max: 2 }),
});

t.test('C: a reboot that nobody misses costs no more than a host that stays away', async (t) => {
  let most = 0;
  fc.assert(
    fc.property(settings, reboots, (setting, { node, when, down, replicas }) => {
      const { length } = setting.hosts;
      const protocol = { kind: 'ring-tmp', replicas: Math.min(replicas, length - 1) };
      const silenceNs = setting.heartbeatNs * setting.misses;
      const plainNs = runFaulty(setting, protocol).result.timeNs;
      const atNs = Math.floor(when * plainNs);
      const timeNs = (awayNs: number) => {
        const rules = [crash(node % length, atNs, Math.ceil(awayNs))];
        const { outcome, failure, timeNs } = runFaulty({ ...setting, rules }, protocol).result;
        if (outcome !== 'finished') throw new Error(failure?.message);
        return timeNs;
      };
      const downNs = 1 + down * silenceNs;
      const tookNs = timeNs(downNs);
      const awayNs = timeNs(6 * silenceNs);
      most = Math.max(most, tookNs - downNs - plainNs);
      if (tookNs > awayNs + slackNs(setting))
        throw new Error(`${tookNs} ns, and ${awayNs} ns without the reboot`);
      if (tookNs > plainNs + downNs + slackNs(setting))
        throw new Error(`${tookNs} ns for ${plainNs} ns and ${downNs} ns of absence`);
    }),
    { numRuns: 250 },
  );
  t.comment(`up to ${most / MS} ms beside the absence`);
  t.pass();
});
