import t from 'tap';
import fc from 'fast-check';
import type { LostNote, WeightsNote } from '../../../../models/spec/notes.ts';
import { anyCalmRing, options, part, survives, type CalmSetting } from './faulty-settings.ts';
import { atTime, crash, recoveriesOf, runFaulty, type FaultyTrace } from './faulty.ts';
import { runProtocol, sameBits } from './harness.ts';

/** Deaths of r + 1 neighbours at once, for good, at a moment of the run. */
const beyond = fc.record({ first: fc.nat(100), when: part(1) });
/** So many that a majority is left. */
const most = { 0: 3, 1: 5 } as const;

/** A ring with r replicas of which r + 1 neighbours may die. */
const anyRing = fc.constantFrom(0 as const, 1 as const).chain((replicas) =>
  fc.record({
    calm: anyCalmRing(most[replicas]).map((calm): CalmSetting => ({
      ...calm,
      training: { ...calm.training, iterations: 6 },
    })),
    protocol: options(fc.constant(replicas)),
  }),
);

const rangeOf = ({ offset, values }: WeightsNote) => [offset, offset + values.length];
const lostIn = (trace: FaultyTrace) =>
  trace.notes.filter(({ name }) => name === 'lost').map(({ value }) => value as LostNote);

/** The parameters of a node in the first layout, which a run without faults keeps to its end. */
function parametersOf(plain: FaultyTrace, node: number) {
  const own = plain.notes.findLast((note) => note.name === 'weights' && note.node === node);
  return rangeOf(own!.value as WeightsNote);
}

interface Struck {
  readonly plain: FaultyTrace;
  readonly trace: FaultyTrace;
  readonly first: number;
}

function strike(
  calm: CalmSetting,
  protocol: { kind: string; replicas: number },
  { first, when }: { first: number; when: number },
): Struck {
  const plain = runFaulty({ ...calm, rules: [] }, protocol);
  const count = calm.hosts.length;
  const dead = Array.from({ length: protocol.replicas + 1 }, (_, i) => (first + i) % count);
  const rules = dead.map((node) => crash(node, Math.floor(when * plain.result.timeNs)));
  return { plain, trace: runFaulty({ ...calm, rules }, protocol), first: first % count };
}

function asWithoutFaults(calm: CalmSetting, trace: FaultyTrace): void {
  const { outcome, failure } = trace.result;
  if (outcome !== 'finished') throw new Error(`${outcome}: ${failure?.message ?? 'no end'}`);
  const alone = runProtocol({ ...calm, jitter: undefined }, { kind: 'seq-sgd' });
  if (!sameBits(trace.weights, alone.weights)) throw new Error('other weights');
}

t.test(
  'C: r + 1 neighbours dead: what is lost is said, exactly, and the run given up',
  async (t) => {
    let lost = 0;
    fc.assert(
      fc.property(anyRing, beyond, ({ calm, protocol }, deaths) => {
        const { plain, trace, first } = strike(calm, protocol, deaths);
        const [said] = lostIn(trace);
        // Before the second version the seed is enough to begin again, and after the last nothing is needed.
        if (said === undefined) return asWithoutFaults(calm, trace);
        lost++;
        const { failure } = trace.result;
        if (failure?.kind !== 'given-up') throw new Error(`${failure?.kind}: ${failure?.message}`);
        const expected = JSON.stringify([parametersOf(plain, first)]);
        const told = JSON.stringify(said.parameters);
        if (told !== expected) throw new Error(`${told} were said to be lost, not ${expected}`);
        if (!trace.notes.some(({ name }) => name === 'halted'))
          throw new Error('those who are missing have not been waited for');
      }),
      { numRuns: 45 },
    );
    t.ok(lost > 10, `${lost} were lost`);
  },
);

t.test('C: r + 1 neighbours dead: from the checkpoint it ends bit for bit the same', async (t) => {
  let restarted = 0;
  fc.assert(
    fc.property(
      anyRing,
      beyond,
      fc.constantFrom(1, 2),
      ({ calm, protocol }, deaths, checkpointEvery) => {
        const { trace } = strike({ ...calm, checkpointEvery }, protocol, deaths);
        asWithoutFaults(calm, trace);
        for (const { from, version } of recoveriesOf(trace)) {
          if (from !== 'checkpoint') continue;
          restarted++;
          if (version % checkpointEvery !== 0) throw new Error(`version ${version} was not saved`);
        }
        if (restarted > 0 && lostIn(trace).length > 1) throw new Error('it is said more than once');
      },
    ),
    { numRuns: 40 },
  );
  t.ok(restarted > 10, `${restarted} began again from a checkpoint`);
});

t.test(
  'C: more than r neighbours cut off for a time: the majority waits, and no bit is changed',
  async (t) => {
    let waited = 0;
    const spell = fc.record({ first: fc.nat(100), when: part(0.8), silences: part(45) });
    fc.assert(
      fc.property(anyRing, spell, ({ calm, protocol }, { first, when, silences }) => {
        const count = calm.hosts.length;
        const one = [...Array(protocol.replicas + 1).keys()].map((i) => (first + i) % count);
        const other = calm.hosts.flatMap((_, node) => (one.includes(node) ? [] : [node]));
        const trace = survives(calm, protocol, ({ runNs, silenceNs }) => [
          atTime(Math.floor(when * runNs), {
            kind: 'partition',
            groups: [one, other],
            forNs: 1 + Math.floor(silences * silenceNs),
          }),
        ]);
        if (lostIn(trace).length > 0) throw new Error('nothing was lost');
        const waits = trace.notes.filter(
          ({ name, node, value }) =>
            name === 'halted' &&
            other.includes(node) &&
            (value as { reason: string }).reason.includes('parameters'),
        );
        waited += waits.length > 0 ? 1 : 0;
      }),
      { numRuns: 60 },
    );
    t.ok(waited > 10, `${waited} times a majority has waited`);
  },
);

t.test(
  'C: where they never come back their state is waited for 60 silences, and then said to be lost',
  async (t) => {
    let lost = 0;
    const moment = fc.record({ first: fc.nat(100), when: part(0.8) });
    fc.assert(
      fc.property(anyRing, moment, ({ calm, protocol }, { first, when }) => {
        const { trace } = strike(calm, protocol, { first, when });
        const said = trace.notes.find(({ name }) => name === 'lost');
        if (said === undefined) return asWithoutFaults(calm, trace);
        lost++;
        const waits = trace.notes.find(
          ({ name, node, value }) =>
            name === 'halted' &&
            node === said.node &&
            (value as { reason: string }).reason.includes('parameters'),
        );
        const waitedNs = said.timeNs - waits!.timeNs;
        const patienceNs = 60 * calm.heartbeatNs * calm.misses;
        if (waitedNs < 0.9 * patienceNs || waitedNs > 1.5 * patienceNs)
          throw new Error(`waited for ${waitedNs} ns, of ${patienceNs}`);
      }),
      { numRuns: 30 },
    );
    t.ok(lost > 5, `${lost} were lost`);
  },
);

t.test('C: a ring of two halts at a crash, and says whom it waits for', async () => {
  fc.assert(
    fc.property(anyCalmRing(2), fc.nat(1), part(0.9), (calm, node, when) => {
      const hosts = calm.hosts.slice(0, 2);
      const two = { ...calm, hosts };
      const protocol = { kind: 'ring-tmp', replicas: 1 };
      const { timeNs } = runFaulty({ ...two, rules: [] }, protocol).result;
      const rules = [crash(node, Math.floor(when * timeNs))];
      const { result, notes } = runFaulty({ ...two, rules }, protocol);
      if (result.outcome === 'finished') throw new Error('one of two went on alone');
      const halt = notes.find(({ name }) => name === 'halted');
      const { reason } = halt!.value as { reason: string };
      if (!reason.includes(`nodes ${node} of 2 are missing`)) throw new Error(reason);
    }),
    { numRuns: 30 },
  );
});
