/** What a published table is made of, for the ledger that holds predictions against it (`npm run ledger`). */
import type { Model, Scenario } from '../scenario.ts';

/** Samples a second in the steady window of a scenario's only run. Each scenario runs once, whoever asks. */
export type Rate = (scenario: Scenario) => Promise<number>;

export interface Cell {
  readonly name: string;
  readonly published: number;
  predict(rate: Rate): Promise<number>;
  /** True where a constant was fitted to this very cell, so that it says nothing. */
  readonly fitted?: boolean;
  /** Why the prediction misses, where it does. */
  readonly why?: string;
}

export interface Published {
  /** Who measured, and where it is told. */
  readonly source: string;
  /** What the cells count. */
  readonly unit: string;
  readonly setUp: string;
  /** All that the source does not say and the prediction needs. */
  readonly assumed: readonly string[];
  /** The one constant that was fitted, and to what; null: none. */
  readonly fitted: string | null;
  /** Largest error of a cell that this table is held to, as a fraction. */
  readonly within: number;
  readonly cells: readonly Cell[];
}

export function definePublished(published: Published): Published {
  return published;
}

type Layer = Extract<Model, { kind: 'costs' }>['layers'][number];

/** Equal layers, whose backward pass takes twice as long as the forward one. */
export function equalLayers(
  count: number,
  {
    forwardFlops,
    ...shape
  }: Pick<Layer, 'parameters' | 'outputElements'> & { forwardFlops: number },
): Model {
  const layer = { ...shape, name: 'layer', forwardFlops, backwardFlops: 2 * forwardFlops };
  return { kind: 'costs', inputElements: 1, layers: [{ ...layer, repeat: count }] };
}

/** One layer that stands for a model of which only its rate on a device is known. */
export function wholeModel(parameters: number, samplesPerSecond: number): Model {
  const seconds = 1 / samplesPerSecond;
  return {
    kind: 'costs',
    inputElements: 1,
    referenceSpeed: '1 TFLOP/s',
    layers: [
      {
        ...{ name: 'all', parameters, outputElements: 1 },
        ...{ forwardSeconds: seconds / 3, backwardSeconds: (2 * seconds) / 3 },
      },
    ],
  };
}

/** The model on a device that takes so many samples a second: each layer's share of the time stays what it is. */
export function atRate(model: Model, samplesPerSecond: number): Model {
  if (model.kind !== 'costs') throw new Error('only the layers of a cost table have times');
  const secondsOf = ({ forwardSeconds = 0, backwardSeconds = 0 }: Layer) =>
    Number(forwardSeconds) + Number(backwardSeconds);
  const all = model.layers.reduce((sum, layer) => sum + secondsOf(layer), 0);
  const factor = 1 / samplesPerSecond / all;
  const layers = model.layers.map((layer) => ({
    ...layer,
    forwardSeconds: Number(layer.forwardSeconds) * factor,
    backwardSeconds: Number(layer.backwardSeconds) * factor,
  }));
  return { kind: 'costs', inputElements: 1, referenceSpeed: '1 TFLOP/s', layers };
}
