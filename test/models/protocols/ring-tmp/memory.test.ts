import { eachAccount } from '../../../../engine/node-accounts.ts';
import t from 'tap';
import fc from 'fast-check';
import { lineOf } from '../../../../models/costs/cost-line.ts';
import { ScenarioError } from '../../../../models/protocol.ts';
import { cutLine, sharesOf as sharesUnder } from '../../../../models/pipeline/layout.ts';
import { RingWork } from '../../../../models/protocols/ring-tmp/ring-work.ts';
import { emptyRecords, measure, writeRecord } from '../../../../models/costs/node-records.ts';
import { ringOptions as schema } from '../../../../models/protocols/ring-tmp/options.ts';
import { ringTmp } from '../../../../models/protocols/ring-tmp/definition.ts';
import { assignmentOf, host, runProtocol, SPEED, type Setting } from './harness.ts';
import { anySetting, ringOptions } from './settings.ts';

const NODES = 4;
const OUTPUTS = 10;
const PARAMETERS = 50;
const MICRO_BATCH = 3;

/** Four equal stages of 10 outputs and 50 parameters, at 4 bytes an element and 3 samples a micro-batch. */
function equalStages(memoryBytes: number, network?: Setting['network']): Setting {
  const layer = { name: 'stage', forwardFlops: 1000, backwardFlops: 2000 };
  return {
    hosts: Array.from({ length: NODES }, () => host(SPEED, memoryBytes)),
    model: {
      kind: 'costs',
      layers: Array(NODES).fill({ ...layer, parameters: PARAMETERS, outputElements: OUTPUTS }),
      inputElements: OUTPUTS,
    },
    training: {
      batch: 20 * MICRO_BATCH,
      microBatches: 20,
      optimizer: { kind: 'adam', beta1: 0.9, beta2: 0.999, epsilon: 1e-8 },
    },
    network,
  };
}

const CARRY = 4 * MICRO_BATCH * OUTPUTS;
const ACTIVATIONS = 4 * MICRO_BATCH * (OUTPUTS + 2 * OUTPUTS);
const OWNED = 4 * PARAMETERS * (1 + 1 + 2);

t.test(
  'A.6: the ledger of equal stages: weights, gradients, optimizer, win activations',
  async (t) => {
    const { result } = runProtocol(equalStages(Infinity), {
      kind: 'ring-tmp',
      window: 'memory',
    } as never);
    [...eachAccount(result.nodes)].forEach(({ memoryItems, peakMemoryBytes }, i) => {
      const { buffers, ...owned } = memoryItems;
      t.same(owned, {
        weights: 4 * PARAMETERS,
        gradients: 4 * PARAMETERS,
        optimizer: 4 * 2 * PARAMETERS,
        activations: (NODES - i) * ACTIVATIONS,
      });
      t.ok(
        (buffers ?? 0) <= (NODES - i + 1 + 1) * CARRY,
        'buffers: credits and a gradient at most',
      );
      t.ok(peakMemoryBytes <= OWNED + (NODES - i) * ACTIVATIONS + (buffers ?? 0));
    });
  },
);

t.test(
  'A.6: with recompute only the carry is kept, and one set of activations at a time',
  async (t) => {
    const { result } = runProtocol(equalStages(Infinity), {
      kind: 'ring-tmp',
      window: 'memory',
      recompute: 'all',
    } as never);
    [...eachAccount(result.nodes)].forEach(({ memoryItems, redoNs }, i) => {
      t.equal(memoryItems.activations, (NODES - i) * CARRY + ACTIVATIONS);
      t.equal(redoNs, 2 * 20 * (MICRO_BATCH * 1000 + 100), 'the second forward is redo');
    });
  },
);

/** The layout every node of that setting works out. */
function sharesOf(setting: Setting, options: object) {
  const assignment = assignmentOf(setting);
  const token = emptyRecords(setting.hosts.length);
  setting.hosts.forEach((_, node) => writeRecord(token, node, measure(assignment, node)));
  const line = lineOf(setting.model, setting.hosts.length);
  const parsed = schema.parse(options);
  const { safety, mode } = new RingWork(assignment, parsed, line);
  const terms = { line, training: assignment.training, window: parsed, safety, mode };
  return sharesUnder(terms, token, cutLine(terms, token));
}

t.test('A.6: no item ever exceeds its formula, in any ring', async (t) => {
  fc.assert(
    fc.property(anySetting('cost'), ringOptions, (setting, options) => {
      const shares = sharesOf(setting, options);
      const { result } = runProtocol(setting, options);
      return [...eachAccount(result.nodes)].every(({ memoryItems }, i) => {
        const { costs, window } = shares[i];
        const credits = i > 0 ? shares[i - 1].window.credits : 0;
        const whole = { none: 0, all: 1, 'except-last': 2 }[options.recompute];
        const kept = whole > 0 ? costs.carryIn.forward : costs.activationBytes;
        const again = whole * costs.activationBytes;
        return (
          memoryItems.weights === costs.weightBytes &&
          memoryItems.gradients === costs.weightBytes &&
          (memoryItems.optimizer ?? 0) === costs.optimizerBytes &&
          memoryItems.activations <= window.inFlight * kept + again &&
          (memoryItems.buffers ?? 0) <=
            credits * costs.carryIn.forward + window.inFlight * costs.carryOut.backward
        );
      });
    }),
    { numRuns: 200 },
  );
  t.pass();
});

t.test(
  'A.4: windows and credits shrink to the memory there is, and the run still ends well',
  async (t) => {
    const least = OWNED + ACTIVATIONS + 2 * CARRY;
    const network = { kind: 'ring' as const, bandwidth: 1e9, latencyNs: 10_000 };
    const free = runProtocol(equalStages(Infinity, network), { kind: 'ring-tmp' });
    let before = Infinity;
    for (const extra of [0, 2, 5, 20]) {
      const limit = least + extra * (ACTIVATIONS + CARRY);
      const { result } = runProtocol(equalStages(limit, network), { kind: 'ring-tmp' });
      t.equal(result.outcome, 'finished', `${limit} bytes`);
      t.ok([...eachAccount(result.nodes)].every((node) => node.peakMemoryBytes <= limit));
      t.ok(result.timeNs <= before, 'more memory is never slower here');
      before = result.timeNs;
    }
    t.equal(before, free.result.timeNs);
  },
);

t.test(
  'A.4: wherever the layout finds room for one micro-batch, memory never runs out',
  async (t) => {
    let limited = 0;
    fc.assert(
      fc.property(
        anySetting('cost'),
        ringOptions,
        fc.integer({ min: 0, max: 2000 }),
        (setting, options, spare) => {
          const shares = sharesOf(setting, options);
          const needs = shares.map(({ costs }) => {
            const kept = options.recompute === 'none' ? 0 : costs.carryIn.forward;
            const waiting = costs.carryOut.backward + costs.carryIn.forward;
            return (
              2 * costs.weightBytes + costs.optimizerBytes + costs.activationBytes + kept + waiting
            );
          });
          const memoryBytes = Math.max(...needs) + spare;
          const hosts = setting.hosts.map((each) => ({ ...each, memoryBytes }));
          const shrunk = sharesOf({ ...setting, hosts }, options);
          if (
            JSON.stringify(shrunk.map((s) => s.costs)) !==
            JSON.stringify(shares.map((s) => s.costs))
          )
            return true;
          if (shrunk.some(({ window }, i) => window.inFlight < shares[i].window.inFlight))
            limited++;
          return runProtocol({ ...setting, hosts }, options).result.outcome === 'finished';
        },
      ),
      { numRuns: 200 },
    );
    t.ok(limited > 20, `windows were cut in ${limited} cases`);
  },
);

t.test('section 8: out of memory names the node and its ledger', async (t) => {
  const setting = equalStages(Infinity);
  setting.hosts[2] = host(SPEED, OWNED + 10);
  const { result } = runProtocol(setting, { kind: 'ring-tmp' });
  t.equal(result.outcome, 'failed');
  t.match(result.failure, {
    kind: 'out-of-memory',
    node: 2,
    limitBytes: OWNED + 10,
    ledger: { weights: 4 * PARAMETERS, gradients: 4 * PARAMETERS, optimizer: 8 * PARAMETERS },
  });
});

t.test('a model that all hosts together cannot hold is refused before the run', async (t) => {
  const assignment = assignmentOf(equalStages(OWNED - 1));
  try {
    ringTmp.plan(assignment, schema.parse({ kind: 'ring-tmp' }));
    t.fail('refused');
  } catch (error) {
    t.ok(error instanceof ScenarioError);
    t.match(error, { path: 'cluster.host.memory', message: /have 3\.121 KiB.*take 3\.125 KiB/ });
  }
});
