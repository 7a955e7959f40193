/** Causes of waiting sum to comm + idle to the nanosecond, for every node and protocol, whatever fails. */
import fc from 'fast-check';
import t from 'tap';
import { CAUSES, type Cause } from '../../../models/observers/waiting/causes.ts';
import { PROTOCOLS } from '../../../models/protocols/registry.ts';
import type { Scenario } from '../../../scenarios/scenario.ts';
import { drawScenario } from '../../../sim/fuzz/draw.ts';
import { withoutFaults } from '../../../sim/fuzz/run-case.ts';
import { digestOf, type Explained, explained } from './explained.ts';

/** What does not add up, in words; empty if all does. */
function flaws({ result: { nodes }, waits: { causes, blames } }: Explained): string[] {
  const blamed = new Map<string, number>();
  for (const { node, cause, ns } of blames) {
    const key = `${node} ${cause}`;
    blamed.set(key, (blamed.get(key) ?? 0) + ns);
  }
  return Array.from({ length: nodes.count }, (_none, node) => node).flatMap((node) => {
    const waited = nodes.commNs[node] + nodes.idleNs[node];
    const sum = CAUSES.reduce((ns, cause) => ns + causes[cause][node], 0);
    const wrong = (cause: Cause) => causes[cause][node] !== (blamed.get(`${node} ${cause}`) ?? 0);
    return [
      ...(sum === waited ? [] : [`node ${node} waited ${waited} ns, causes say ${sum} ns`]),
      ...CAUSES.filter((cause) => causes[cause][node] < 0).map((cause) => `${cause} is negative`),
      ...CAUSES.filter(wrong).map((cause) => `node ${node}: ${cause} is not the sum of blames`),
    ];
  });
}

for (const { kind } of PROTOCOLS)
  t.test(`${kind}: causes sum to comm + idle, and asking changes no event`, async (t) => {
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: 1e6 }), fc.boolean(), async (seed, fails) => {
        const drawn = await drawScenario(seed, [kind]);
        const written: Scenario = fails ? drawn : withoutFaults(drawn);
        const run = await explained(written);
        t.strictSame(flaws(run), []);
        t.equal(run.result.digest, await digestOf(written));
        if (!fails) t.ok(run.waits.causes.failure.every((ns) => ns === 0));
      }),
      { numRuns: 8 },
    );
  });
