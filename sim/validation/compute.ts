/**
 * What passes, updates and the gaps between jobs take, measured with as many nodes busy at once as a run has, but no more
 * than there are cores: how more than those share them is the simulator's part.
 */
import { gradientFlops } from '../../models/costs/block-flops.ts';
import { mlpLine } from '../../models/costs/mlp-line.ts';
import { parameterCosts } from '../../models/spec/parameter-costs.ts';
import type { RealWorldKind } from '../worlds/real/real-world.ts';
import { RealRun } from '../worlds/real/real-run.ts';
import { median } from './median.ts';
import type { LayerTimes, PassNote, PassWork } from './pass-node.ts';

const ENTRY = new URL('./pass-worker.ts', import.meta.url).href;

/** As a scenario has it: FLOP/s, seconds, bytes a second. */
export interface MeasuredCompute {
  readonly host: {
    readonly speed: number;
    readonly taskOverhead: number;
    readonly memoryBandwidth: number;
    readonly efficiency: readonly { readonly samples: number; readonly efficiency: number }[];
  };
  /** Of the model that was measured; each layer's passes, in seconds. */
  readonly model: {
    readonly layers: readonly number[];
    readonly referenceSpeed: number;
    readonly times: readonly (readonly ({ readonly samples: number } & LayerTimes)[])[];
  };
}

/** @throws Error with the reason, where the nodes cannot compute */
export async function measureCompute(
  kind: RealWorldKind,
  work: PassWork,
  busyNodes: number,
): Promise<MeasuredCompute> {
  const host = { speedFlopsPerSecond: 1, memoryBytes: Infinity, taskOverheadNs: 0 };
  const notes: PassNote[] = [];
  const noted = (_node: number, _timeNs: number, _name: string, value: unknown): void =>
    void notes.push(value as PassNote);
  const { outcome, failure } = await new RealRun({
    ...{ crew: await kind.crew(ENTRY), seed: 1, work },
    ...{ hosts: Array.from({ length: busyNodes }, () => host), observers: [{ noted }] },
  }).run();
  if (outcome !== 'finished') throw new Error(failure?.message ?? outcome);
  const rows = work.sizes.map((samples) =>
    middleOf(notes.filter((note) => note.samples === samples)),
  );
  return computeOf(work, rows);
}

/** Of all nodes the median of each time. */
function middleOf(notes: readonly PassNote[]): PassNote {
  const of = (time: (note: PassNote) => number) => median(notes.map(time));
  const [{ samples, layers }] = notes;
  return {
    samples,
    layers: layers.map((_, layer) => ({
      forward: of((note) => note.layers[layer].forward),
      inputGradient: of((note) => note.layers[layer].inputGradient),
      weightGradient: of((note) => note.layers[layer].weightGradient),
    })),
    update: of(({ update }) => update),
    gap: of(({ gap }) => gap),
  };
}

function computeOf({ model, training }: PassWork, rows: readonly PassNote[]): MeasuredCompute {
  const { layers } = model;
  const { blocks, parameters } = mlpLine(model, 1);
  const speeds = rows.map(({ samples, layers: times }) => {
    const ns = times.reduce(
      (sum, one) => sum + one.forward + one.inputGradient + one.weightGradient,
      0,
    );
    return gradientFlops(blocks, samples) / (ns / 1e9);
  });
  const speed = Math.max(...speeds);
  const { update, gap } = rows[rows.length - 1];
  const trafficBytes = parameterCosts(training).updateTraffic * parameters;
  return {
    host: {
      speed,
      taskOverhead: gap / 1e9,
      memoryBandwidth: trafficBytes / (update / 1e9),
      efficiency: rows.map(({ samples }, at) => ({ samples, efficiency: speeds[at] / speed })),
    },
    model: {
      layers,
      referenceSpeed: speed,
      times: layers.slice(1).map((_, layer) =>
        rows.map(({ samples, layers: times }) => ({
          samples,
          forward: times[layer].forward / 1e9,
          inputGradient: times[layer].inputGradient / 1e9,
          weightGradient: times[layer].weightGradient / 1e9,
        })),
      ),
    },
  };
}
