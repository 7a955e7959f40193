/**
 * What the seams of the pipeline bear, shown with schedules that no protocol has yet: gradients by inputs and by weights
 * apart, several chunks of the line on one node, and an update that waits until the gradient has been summed elsewhere.
 */
import fc from 'fast-check';
import t from 'tap';
import { ringTopology } from '../../../engine/network/ring.ts';
import { Simulation } from '../../../engine/simulation.ts';
import type { World } from '../../../engine/world.ts';
import { lineOf } from '../../../models/costs/cost-line.ts';
import { emptyRecords, measure, writeRecord } from '../../../models/costs/node-records.ts';
import { syntheticData } from '../../../models/learning/data/synthetic.ts';
import type { WeightsNote } from '../../../models/spec/notes.ts';
import { cutLine, sharesOf } from '../../../models/pipeline/layout.ts';
import type { PipelineMessage } from '../../../models/pipeline/messages.ts';
import { OrderedSchedule } from '../../../models/pipeline/ordered.ts';
import { PipelineNode } from '../../../models/pipeline/pipeline-node.ts';
import { parseTable } from '../../../models/pipeline/table/table.ts';
import { stagesByNode } from '../../../models/pipeline/placement.ts';
import { UNBOUNDED } from '../../../models/pipeline/window.ts';
import type { StageSite } from '../../../models/pipeline/stage/stage-site.ts';
import { PipelineWork } from '../../../models/pipeline/stage/work.ts';
import { UNPROTECTED } from '../../../models/replication/safety.ts';
import { SYNC } from '../../../models/pipeline/modes/sync.ts';
import {
  assignmentOf,
  host,
  runProtocol,
  sameBits,
  type Setting,
} from '../protocols/ring-tmp/harness.ts';

/** Runs tables, a row of actions a rank, over so many chunks a rank; gives the final weights. */
function play(setting: Setting, chunks: number, rows: readonly string[]): Uint8Array {
  return run(setting, chunks, rows, PipelineNode).weights;
}

/** The same with nodes of that class; gives the length of the run as well. */
function run(
  setting: Setting,
  chunks: number,
  rows: readonly string[],
  NodeClass: typeof PipelineNode,
) {
  const assignment = assignmentOf(setting);
  const ranks = setting.hosts.length;
  const line = lineOf(setting.model, ranks * chunks);
  const work = new PipelineWork(assignment, line, UNPROTECTED, 'none');
  const nodes = Array.from({ length: ranks * chunks }, (_, stage) => stage % ranks);
  const records = emptyRecords(nodes.length);
  nodes.forEach((node, stage) => writeRecord(records, stage, measure(assignment, node)));
  const { training } = assignment;
  const window = { window: 'memory', recompute: 'none' } as const;
  const terms = { line, training, safety: UNPROTECTED, mode: SYNC, window };
  const bounds = cutLine(terms, records);
  const shares = sharesOf(terms, records, bounds).map(({ costs }) => ({
    costs,
    window: UNBOUNDED,
  }));
  const placement = { epoch: 0, nodes, bounds };
  const layout = { placement, shares, stagesByNode: stagesByNode(placement) };
  const slices: WeightsNote[] = [];
  const simulation = new Simulation({
    seed: 1,
    hosts: setting.hosts,
    topology: ringTopology(ranks, 1e9, 1000),
    sharing: 'fifo',
    runJobs: true,
    place: (world: World) => {
      const schedule = new OrderedSchedule(parseTable(rows)[world.self]);
      return new NodeClass(world as World<PipelineMessage>, work, layout, schedule);
    },
    observers: [
      {
        noted: (_node, _timeNs, name, value) => {
          const note = value as WeightsNote;
          if (name === 'weights' && note.version === training.iterations)
            slices.push({ ...note, values: note.values.slice() });
        },
      },
    ],
  });
  while (simulation.run(1e6));
  const { failure, timeNs } = simulation.result();
  if (failure !== null) throw new Error(failure.message);
  const weights = new Float32Array(slices.reduce((sum, { values }) => sum + values.length, 0));
  for (const { offset, values } of slices) weights.set(values as Float32Array, offset);
  return { weights: new Uint8Array(weights.buffer), timeNs };
}

const SUM_NS = 1e6;

/** Has each gradient wait for a while before its update, as one that is summed with other nodes' would. */
class SummingNode extends PipelineNode {
  private readonly updates: (() => void)[] = [];

  override woken(): void {
    for (const update of this.updates.splice(0)) update();
    this.runner.work();
  }

  protected override gradientReady(_site: StageSite, update: () => void): void {
    this.updates.push(update);
    this.world.wake('sum', SUM_NS);
  }
}

function setting(ranks: number, microBatches: number): Setting {
  return {
    hosts: Array.from({ length: ranks }, () => host()),
    model: { kind: 'mlp', layers: [6, 9, 8, 5], activation: 'relu' },
    data: syntheticData(3, 60, 3, 6, 5),
    training: { numerics: 'exact', batch: 12, microBatches, iterations: 4 },
  };
}

function alone(of: Setting): Uint8Array | null {
  return runProtocol({ ...of, hosts: [host()] }, { kind: 'seq-sgd' }).weights;
}

t.test('H: weight gradients put off to the end of the batch change no bit', async (t) => {
  const given = setting(2, 3);
  const row = (stage: number) =>
    ['F0', 'F1', 'F2', 'I0', 'I1', 'W0', 'I2', 'W1', 'W2'].map((each) => stage + each).join(',');
  t.ok(sameBits(play(given, 1, [row(0), row(1)]), alone(given)));
});

t.test('H: two chunks of the line on each of two nodes change no bit', async (t) => {
  const given = setting(2, 2);
  const rows = ['0F0,0F1,2F0,2F1,2B0,2B1,0B0,0B1', '1F0,1F1,3F0,3B0,3F1,3B1,1B0,1B1'];
  t.ok(sameBits(play(given, 2, rows), alone(given)));
});

t.test(
  'an update waits until the gradient has been summed elsewhere, and no bit changes',
  async (t) => {
    const given = setting(2, 3);
    const row = (stage: number) =>
      ['F0', 'F1', 'F2', 'B0', 'B1', 'B2'].map((each) => stage + each).join(',');
    const rows = [row(0), row(1)];
    const soon = run(given, 1, rows, PipelineNode);
    const late = run(given, 1, rows, SummingNode);
    t.ok(sameBits(late.weights, alone(given)));
    t.ok(late.timeNs >= soon.timeNs + 4 * SUM_NS);
  },
);

t.test('an action for a stage of another node is refused', async (t) => {
  t.throws(
    () => play(setting(2, 1), 1, ['0F0,0B0', '0F0,0B0']),
    /stage 0, which is not of this node/,
  );
});

t.test('micro-batches in any order, and I and W in any, change no bit', async () => {
  const order = fc.shuffledSubarray([0, 1, 2, 3], { minLength: 4 });
  const choices = fc.array(fc.boolean(), { minLength: 12, maxLength: 12 });
  fc.assert(
    fc.property(order, order, order, choices, (forwards, inputs, weights, choices) => {
      const given = setting(1, 4);
      const row = mixed(forwards, inputs, weights, choices);
      return sameBits(play(given, 1, [row.join(',')]), alone(given));
    }),
    { numRuns: 60 },
  );
});

/** A row for one rank: forwards, input gradients and weight gradients in those orders, mixed as the choices say. */
function mixed(
  forwards: readonly number[],
  inputs: readonly number[],
  weights: readonly number[],
  choices: readonly boolean[],
): string[] {
  const row = forwards.map((each) => `0F${each}`);
  const left = [...inputs];
  const toAdd = [...weights];
  for (let at = 0; left.length + toAdd.length > 0; at++) {
    const isDone = toAdd.length > 0 && row.includes(`0I${toAdd[0]}`);
    if (left.length > 0 && (choices[at] || !isDone)) row.push(`0I${left.shift()}`);
    else row.push(`0W${toAdd.shift()}`);
  }
  return row;
}
