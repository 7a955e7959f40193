/** Speed of a training step through Segment: the SIMD kernel beside the plain TypeScript one, same bits. */
import type { LayerKernel } from '../models/learning/kernels/layer-kernel.ts';
import { plainKernel } from '../models/learning/kernels/plain.ts';
import { simdKernel } from '../models/learning/kernels/simd.ts';
import { allocate, type FloatArray, type Precision } from '../models/learning/float-array.ts';
import { softmaxCrossEntropy } from '../models/learning/loss.ts';
import { neuronCount } from '../models/learning/pieces.ts';
import { Segment } from '../models/learning/segment.ts';
import type { MlpSpec } from '../models/spec/model.ts';

const model: MlpSpec = { kind: 'mlp', layers: [784, 128, 64, 10], activation: 'relu' };

function cpuMicroseconds(): number {
  const { user, system } = process.cpuUsage();
  return user + system;
}

/** Microseconds of processor time of one call, so that other work on the machine does not count: the median of runs. */
function microseconds(step: () => void, budgetMs: number): number {
  const runs: number[] = [];
  const begin = cpuMicroseconds();
  while (cpuMicroseconds() - begin < budgetMs * 1000) {
    const start = cpuMicroseconds();
    let calls = 0;
    while (cpuMicroseconds() - start < budgetMs * 25) {
      step();
      calls++;
    }
    runs.push((cpuMicroseconds() - start) / calls);
  }
  const settled = runs.slice(Math.floor(runs.length / 4)).sort((a, b) => a - b);
  return settled[Math.floor(settled.length / 2)];
}

function features(precision: Precision, length: number): FloatArray {
  return allocate(precision, length).map((_, k) => ((k * 37) % 256) / 255);
}

function segment(
  kernel: LayerKernel,
  precision: Precision,
  batch: number,
  low: number,
  high: number,
) {
  const optimizer = { kind: 'sgd' } as const;
  return new Segment({
    model,
    precision,
    optimizer,
    learningRate: 0.01,
    batch,
    seed: 1,
    low,
    high,
    kernel,
  });
}

/** Forward, loss, backward and update of the whole model. */
function wholeStep(kernel: LayerKernel, precision: Precision, samples: number): () => void {
  const whole = segment(kernel, precision, samples, 0, neuronCount(model));
  const x = features(precision, 784 * samples);
  const labels = Uint8Array.from({ length: samples }, (_, s) => s % 10);
  const empty = allocate(precision, 0);
  return () => {
    const logits = whole.forward(0, { samples, outputs: empty, inputs: x }).outputs;
    const { gradient } = softmaxCrossEntropy(logits, 10, samples, labels);
    whole.backward(0, { samples, outputs: gradient, inputs: null });
    whole.update();
  };
}

/** Forward and backward of a few neurons of the first layer, or of a layer as wide whose dX counts too. */
function sliceStep(kernel: LayerKernel, neurons: number, samples: number): () => void {
  const deep: MlpSpec = { kind: 'mlp', layers: [8, 784, 128, 10], activation: 'relu' };
  const low = 784 + 20;
  const optimizer = { kind: 'sgd' } as const;
  const slice = new Segment({
    ...{
      model: deep,
      precision: 32,
      optimizer,
      learningRate: 0.01,
      batch: samples,
      seed: 1,
      kernel,
    },
    ...{ low, high: low + neurons },
  });
  const x = features(32, 784 * samples);
  const before = features(32, 20 * samples);
  const dx = features(32, 784 * samples);
  const dy = features(32, (20 + neurons) * samples);
  return () => {
    slice.forward(0, { samples, outputs: before, inputs: x });
    slice.backward(0, { samples, outputs: dy, inputs: dx });
  };
}

/** Prints the speeds; asserts nothing. About five seconds. */
export function bench(print: (line: string) => void): void {
  const weights = 784 * 128 + 128 * 64 + 64 * 10;
  print('training step 784-128-64-10: forward, loss, backward, update through Segment');
  for (const [precision, samples] of [
    [32, 128],
    [32, 32],
    [64, 128],
  ] as const) {
    const flops = 2 * samples * (3 * weights - 784 * 128);
    for (const kernel of [plainKernel, simdKernel]) {
      const time = microseconds(wholeStep(kernel, precision, samples), 500);
      const speed = (flops / time / 1000).toFixed(1);
      print(
        `  ${precision} bits, batch ${samples}, ${kernel.name}: ${time.toFixed(0)} us, ${speed} GFLOP/s`,
      );
    }
  }
  print(
    'slice of a split layer, 784 inputs, 12 samples: forward and backward with dX and copies of the carry',
  );
  for (const neurons of [1, 4])
    for (const kernel of [plainKernel, simdKernel]) {
      const time = microseconds(sliceStep(kernel, neurons, 12), 400);
      const speed = ((6 * 784 * 12 * neurons) / time / 1000).toFixed(1);
      print(`  ${neurons} neurons, ${kernel.name}: ${time.toFixed(1)} us, ${speed} GFLOP/s`);
    }
}
