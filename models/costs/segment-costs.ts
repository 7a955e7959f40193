/** What a segment costs the node that owns it: FLOPs, time, bytes on the wire and in memory (PROTOCOLS 0, A.6). */
import { jobNs } from '../../engine/cost.ts';
import type { JobProfile } from '../../engine/world.ts';
import { blockFlops } from './block-flops.ts';
import { elementWise, passProfile } from './job-profiles.ts';
import type { ModelLine } from './line.ts';
import { parameterCosts } from '../spec/parameter-costs.ts';
import { bytesOf, type TrainingSpec } from '../spec/training.ts';
import type { NodeRecord } from './node-records.ts';
import { type SliceCosts, sliceCosts } from './slice-costs.ts';

/**
 * What a stage does with a micro-batch, and after the last of them. `recompute` repeats the forward for its backward:
 * redo, not progress. `backward` computes both gradients at once; where they are split, the input gradient comes
 * first and is sent at once.
 */
export type Pass =
  'forward' | 'recompute' | 'backward' | 'input-gradient' | 'weight-gradient' | 'update';

/** Costs of one micro-batch, of one update, and of owning blocks [low, high). */
export interface SegmentCosts {
  readonly low: number;
  readonly high: number;
  readonly flops: Readonly<Record<Pass, number>>;
  /** Of all passes, and of an update. */
  readonly passProfile: JobProfile;
  readonly updateProfile: JobProfile;
  /** t_f and t_b of PROTOCOLS A.4; with `recompute`, t_b includes the second forward. */
  readonly forwardNs: number;
  readonly backwardNs: number;
  readonly parameters: number;
  readonly weightBytes: number;
  readonly gradientBytes: number;
  readonly optimizerBytes: number;
  /** The weights before the newest update, where they belong to the state. */
  readonly earlierBytes: number;
  /** The weights of its own that a micro-batch in flight may need, where it does; else 0. */
  readonly stashBytes: number;
  /** Its weights or gradients in a message. */
  readonly wireBytes: number;
  /** Activations of one micro-batch: the input of every layer it touches, and twice its own neurons. */
  readonly activationBytes: number;
  /** Its input alone, kept for a second forward. */
  readonly inputBytes: number;
  /** Payloads over the cut before it; the first segment's forward carry is the features, and never sent. */
  readonly carryIn: { readonly forward: number; readonly backward: number };
  /** Payloads over the cut behind it; 0 for the last. */
  readonly carryOut: { readonly forward: number; readonly backward: number };
  /** Where neighbours share a layer: carries are then what a pass begins with. Else null. */
  readonly slice: SliceCosts | null;
}

function carryBytes(line: ModelLine, bound: number, bytesEach: number) {
  if (bound === 0) return { forward: bytesEach * line.layerInputs[0], backward: 0 };
  if (bound === line.blocks.length) return { forward: 0, backward: 0 };
  const { forward, backward } = line.carryElements(bound - 1);
  return { forward: bytesEach * forward, backward: bytesEach * backward };
}

/** What a segment is given and gives, and what it keeps of that; all for one element so many bytes. */
function carriesOf(
  line: ModelLine,
  low: number,
  high: number,
  { slice, wire, activations }: { slice: SliceCosts | null; wire: number; activations: number },
): Pick<SegmentCosts, 'inputBytes' | 'carryIn' | 'carryOut'> {
  const { forward: inputBytes } = carryBytes(line, low, activations);
  if (slice === null)
    return {
      inputBytes,
      carryIn: carryBytes(line, low, wire),
      carryOut: carryBytes(line, high, wire),
    };
  const { headIn, headOut } = slice;
  return {
    inputBytes: (headIn.forward / wire) * activations,
    carryIn: { forward: headIn.forward, backward: headOut.backward },
    carryOut: { forward: headOut.forward, backward: headIn.backward },
  };
}

/** What the costs of all segments depend on. */
interface SegmentTerms {
  readonly line: ModelLine;
  readonly training: TrainingSpec;
  readonly recompute: boolean;
  /** Whether the weights before the newest update belong to the state. */
  readonly delays?: boolean;
  /** Whether every micro-batch in flight may need weights of its own. */
  readonly stashes?: boolean;
  /** Whether each segment is a part of one layer, and neighbours do theirs at the same time. */
  readonly relays?: boolean;
}

/** The costs of blocks [low, high) on the node with that record. */
export function segmentCosts(
  { line, training, recompute, delays, stashes, relays = false }: SegmentTerms,
  record: NodeRecord,
  low: number,
  high: number,
): SegmentCosts {
  const samples = training.batch / training.microBatches;
  const { activations, wire } = bytesOf(training);
  const bytesEach = activations * samples;
  const each = parameterCosts(training, delays);
  let [forward, inputGradient, weightGradient, parameters, kept, inputs, overheadNs] = [
    0, 0, 0, 0, 0, 0, 0,
  ];
  for (let k = low; k < high; k++) {
    const block = line.blocks[k];
    const flops = blockFlops(block, samples);
    forward += flops.forward;
    inputGradient += flops.inputGradient;
    weightGradient += flops.weightGradient;
    overheadNs += block.overheadNs ?? 0;
    parameters += block.parameters;
    kept += block.keptElements;
    if (k === low || line.blocks[k - 1].layer !== block.layer)
      inputs += line.layerInputs[block.layer];
  }
  const slice = relays ? sliceCosts(line, low, high, wire * samples) : null;
  // The partial sum that comes from behind is added to.
  inputGradient += (slice?.tailIn.backward ?? 0) / wire;
  const backward = inputGradient + weightGradient;
  const pass = passProfile(samples, overheadNs);
  const update = each.updateFlops * parameters;
  const forwardNs = jobNs(record, forward, 1, pass);
  return {
    low,
    high,
    flops: {
      forward,
      recompute: forward,
      backward,
      'input-gradient': inputGradient,
      'weight-gradient': weightGradient,
      update,
    },
    passProfile: pass,
    updateProfile: elementWise(update, each.updateTraffic * parameters),
    forwardNs,
    backwardNs: jobNs(record, backward, 1, pass) + (recompute ? forwardNs : 0),
    parameters,
    weightBytes: each.weightBytes * parameters,
    gradientBytes: each.gradientBytes * parameters,
    optimizerBytes: each.optimizerBytes * parameters,
    stashBytes: stashes ? each.weightBytes * parameters : 0,
    earlierBytes: each.earlierBytes * parameters,
    wireBytes: each.wireBytes * parameters,
    activationBytes: bytesEach * (inputs + kept),
    ...carriesOf(line, low, high, { slice, wire: wire * samples, activations: bytesEach }),
    slice,
  };
}
