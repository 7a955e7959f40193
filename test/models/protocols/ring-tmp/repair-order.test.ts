/** PROTOCOLS C: in a repair what others wait for goes first. */
import { part } from './faulty-settings.ts';
import fc from 'fast-check';
import t from 'tap';
import type {
  ReplicaAckMessage,
  ReplicaStateMessage,
} from '../../../../models/protocols/ring-tmp/messages.ts';
import {
  crash,
  iterationsOf,
  recoveriesOf,
  runFaulty,
  type FaultySetting,
  type FaultyTrace,
} from './faulty.ts';
import { host } from './harness.ts';

const GIGA = 1e9;

/** Unequal nodes with many parameters: states take long, and come to their owners at all times. */
const settings: fc.Arbitrary<FaultySetting> = fc
  .record({
    speeds: fc.array(fc.constantFrom(0.5, 1, 2), { minLength: 4, maxLength: 8 }),
    parameters: fc.constantFrom(200, 2000, 10_000),
    latencyNs: fc.constantFrom(500, 5000),
    sharing: fc.constantFrom('fair' as const, 'fifo' as const),
  })
  .map(({ speeds, parameters, latencyNs, sharing }) => ({
    hosts: speeds.map((speed) => host(speed * GIGA, Infinity, 0)),
    model: {
      kind: 'costs',
      layers: Array.from({ length: 3 * speeds.length }, () => ({
        name: 'layer',
        forwardFlops: 100,
        backwardFlops: 200,
        parameters,
        outputElements: 1,
      })),
      inputElements: 1,
    },
    training: { batch: 4, microBatches: 4, iterations: 5 },
    network: { kind: 'star', bandwidth: GIGA, latencyNs },
    heartbeatNs: 20 * latencyNs,
    misses: 3,
    rules: [],
    sharing,
  }));

/** Runs with a crash in the middle; what was sent in the view after it, and the nodes of the view in order. */
function repair(setting: FaultySetting, replicas: number, dead: number, when: number) {
  const options = { kind: 'ring-tmp', replicas } as { kind: string };
  const ends = iterationsOf(runFaulty(setting, options)).map(({ timeNs }) => timeNs);
  const atNs = Math.floor(ends[0] + (ends[3] - ends[0]) * when);
  const trace = runFaulty({ ...setting, rules: [crash(dead, atNs)] }, options);
  if (trace.result.outcome !== 'finished') throw new Error(trace.result.failure?.message);
  const recoveries = recoveriesOf(trace);
  const { epoch, members } = recoveries[recoveries.length - 1];
  const sent = trace.messages.filter(
    ({ message }) => (message as ReplicaStateMessage).epoch === epoch,
  );
  return { members, sent };
}

const crashes = fc.record({
  setting: settings,
  replicas: fc.integer({ min: 1, max: 3 }),
  dead: fc.nat(7),
  when: part(1),
});

t.test('C: a node sends the parts that it owes before any state to replicas', async (t) => {
  let owed = 0;
  fc.assert(
    fc.property(crashes, ({ setting, replicas, dead, when }) => {
      const node = dead % setting.hosts.length;
      const { members, sent } = repair(setting, replicas, node, when);
      for (const member of members) {
        const kinds = sent.filter(({ from }) => from === member).map(({ message }) => message.kind);
        const firstState = kinds.indexOf('REPL_STATE');
        if (firstState < 0 || !kinds.includes('XFER')) continue;
        owed++;
        if (kinds.lastIndexOf('XFER') > firstState)
          throw new Error(`node ${member} sent a state before its parts`);
      }
    }),
    { numRuns: 60 },
  );
  t.ok(owed > 100, `${owed} nodes owed parts`);
});

/** When the position's own state had come to its successor, as far as that has said so; else never. */
function arrivedNs(sent: FaultyTrace['messages'], position: number, positions: number): number {
  const successor = (position + 1) % positions;
  const told = sent.find(({ message }) => {
    const { kind, to, holder } = message as ReplicaAckMessage;
    return kind === 'REPL_ACK' && to === position && holder === successor;
  });
  return told?.timeNs ?? Infinity;
}

t.test("C: states of others are handed on when the node's own has arrived", async (t) => {
  let handedOn = 0;
  fc.assert(
    fc.property(crashes, ({ setting, replicas, dead, when }) => {
      const node = dead % setting.hosts.length;
      const { members, sent } = repair(setting, replicas, node, when);
      members.forEach((member, position) => {
        const ownNs = arrivedNs(sent, position, members.length);
        for (const { from, message, timeNs } of sent) {
          const { kind, origin } = message as ReplicaStateMessage;
          if (kind !== 'REPL_STATE' || from !== member || origin === position) continue;
          handedOn++;
          if (timeNs < ownNs) throw new Error(`position ${position} handed on ${origin} too soon`);
        }
      });
    }),
    { numRuns: 60 },
  );
  t.ok(handedOn > 100, `${handedOn} were handed on`);
});
