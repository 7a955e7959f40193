import fc from 'fast-check';
import t from 'tap';
import type { FaultRule } from '../../../engine/faults/fault-rule.ts';
import { ringTopology } from '../../../engine/network/ring.ts';
import { starTopology } from '../../../engine/network/star.ts';
import { Simulation, type SimulationOptions } from '../../../engine/simulation.ts';
import type { Job } from '../../../engine/world.ts';
import { HOST, runAll, scripted } from '../scripted-node.ts';
import { DETECTOR, only, pause, slow } from './fault-world.ts';
import { Wanderer, Witness } from './wanderer.ts';

const UNTIL_NS = 100_000;

/** What the nodes of a world are told, line by line, each beginning with its time. */
function told(
  nodeCount: number,
  storage: boolean,
  options: Partial<SimulationOptions>,
): { log: string[]; timeNs: number } {
  const witness = new Witness();
  const habits = { nodeCount, untilNs: UNTIL_NS, storage, watching: false, finishing: true };
  const simulation = new Simulation({
    seed: 1,
    hosts: Array.from({ length: nodeCount }, () => HOST),
    topology: ringTopology(nodeCount, 1e9, 300),
    sharing: 'fifo',
    runJobs: true,
    storage: storage ? { latencyNs: 500, bandwidthBytesPerSecond: 1e9 } : undefined,
    place: (world) => new Wanderer(world, witness, habits),
    ...options,
  });
  const { timeNs, outcome } = runAll(simulation).result();
  if (outcome !== 'finished') throw new Error(`the run has ${outcome}`);
  return { log: witness.log, timeNs };
}

t.test(
  'where faults are possible but none strikes, nodes are told the same at the same times',
  async (t) => {
    fc.assert(
      fc.property(
        fc.record({
          nodeCount: fc.integer({ min: 1, max: 6 }),
          seed: fc.nat(),
          star: fc.boolean(),
          jitter: fc.boolean(),
          storage: fc.boolean(),
        }),
        ({ nodeCount, seed, star, jitter, storage }) => {
          const distribution = { kind: 'uniform', low: 0.5, high: 2 } as const;
          // Only under fifo: where bandwidth is shared, transfers that end at once come by their numbers, which differ.
          const options = {
            seed,
            topology: star ? starTopology(nodeCount, 1e9, 300) : ringTopology(nodeCount, 1e9, 300),
            jitter: jitter ? { compute: distribution, latency: distribution } : undefined,
          };
          const faults = { rules: [], detector: DETECTOR };
          const without = told(nodeCount, storage, options);
          const possible = told(nodeCount, storage, { ...options, faults });
          return without.log.join('\n') === possible.log.join('\n');
        },
      ),
      { numRuns: 150 },
    );
    t.pass();
  },
);

t.test(
  'a pause of all there is delays all that follows by its length, and changes nothing else',
  async (t) => {
    const pauses = fc.array(
      fc.tuple(fc.integer({ min: 1, max: 20_000 }), fc.integer({ min: 1, max: 20_000 })),
      { minLength: 1, maxLength: 4 },
    );
    fc.assert(
      fc.property(pauses, fc.nat(), fc.boolean(), (gaps, seed, storage) => {
        // Each pause strikes that long after the end of the one before.
        let atNs = 0;
        const rules: FaultRule[] = gaps.map(([afterNs, forNs], rule) => {
          atNs += afterNs;
          const timing = { atNs };
          atNs += forNs;
          return { rule, timing, effect: pause(only(0), forNs) };
        });
        const detector = DETECTOR;
        const original = told(1, storage, { seed, faults: { rules: [], detector } });
        const paused = told(1, storage, { seed, faults: { rules, detector } });
        const delayed = original.log.map((line) => {
          const atFirst = /^\d+/.exec(line)![0];
          let timeNs = Number(atFirst);
          for (const { timing, effect } of rules)
            if ('atNs' in timing && timeNs >= timing.atNs) timeNs += effect.forNs!;
          return timeNs + line.slice(atFirst.length);
        });
        return paused.log.join('\n') === delayed.join('\n');
      }),
      { numRuns: 150 },
    );
    t.pass();
  },
);

t.test(
  'jobs under any slowings and pauses do exactly their work, each rounded up once a change',
  async (t) => {
    const strike = fc.record({
      atNs: fc.nat(20_000),
      forNs: fc.integer({ min: 1, max: 8000 }),
      factor: fc.constantFrom(0, 0.5, 2, 3, 1.7),
    });
    fc.assert(
      fc.property(
        fc.array(strike, { maxLength: 6 }),
        fc.array(fc.nat(8000), { minLength: 1, maxLength: 5 }),
        (strikes, jobs) => {
          const rules: FaultRule[] = strikes.map(({ atNs, forNs, factor }, rule) => ({
            rule,
            timing: { atNs },
            effect: factor === 0 ? pause(only(0), forNs) : slow(only(0), factor, forNs),
          }));
          /** How much of a job is done from one time to another, piece by piece between changes. */
          const changes = strikes.flatMap(({ atNs, forNs }) => [atNs, atNs + forNs]);
          const work = (fromNs: number, untilNs: number): number => {
            const cuts = [fromNs, ...changes.filter((ns) => ns > fromNs && ns < untilNs), untilNs];
            cuts.sort((one, other) => one - other);
            let done = 0;
            for (let k = 1; k < cuts.length; k++) {
              const on = strikes.filter(
                (s) => s.atNs <= cuts[k - 1] && s.atNs + s.forNs > cuts[k - 1],
              );
              if (on.some(({ factor }) => factor === 0)) continue;
              done += (cuts[k] - cuts[k - 1]) / on.reduce((product, s) => product * s.factor, 1);
            }
            return done;
          };
          const ended: [Job, number, number][] = [];
          const left = [...jobs];
          const { simulation } = scripted(
            [
              {
                start: (node) => node.work('job', left.shift()!),
                computed(node) {
                  if (left.length > 0) node.work('job', left.shift()!);
                  else node.finished = true;
                },
              },
            ],
            {
              faults: { rules, detector: DETECTOR },
              observers: [
                { jobEnded: (_, job, startNs, endNs) => ended.push([job, startNs, endNs]) },
              ],
            },
          );
          runAll(simulation);
          return (
            ended.length === jobs.length &&
            ended.every(([{ flops }, startNs, endNs]) => {
              const done = work(startNs, endNs);
              // The job and each change round up by less than a nanosecond, in which this much may be done at the most.
              const pace = 2 ** strikes.filter(({ factor }) => factor === 0.5).length;
              return done > flops - 1e-6 && done < flops + pace * (1 + changes.length);
            })
          );
        },
      ),
      { numRuns: 400 },
    );
    t.pass();
  },
);
