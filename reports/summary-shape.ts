/**
 * The shape of a summary, as data: the paths of figures that an expectation can name. The compiler checks it against
 * the type, field by field.
 */
import type {
  Accounting,
  LinkUtilisation,
  MeanAndMax,
  Resilience,
  Spread,
  Steady,
  Summary,
  SummaryFault,
} from './summary.ts';

type Leaf = 'figure' | 'text';

/** In lists and records every name has the same shape: `each`. A figure is a number or a boolean. */
type Shape<Value> =
  NonNullable<Value> extends number | boolean
    ? 'figure'
    : NonNullable<Value> extends string
      ? 'text'
      : NonNullable<Value> extends readonly (infer Item)[]
        ? { each: Shape<Item> }
        : string extends keyof NonNullable<Value>
          ? { each: Shape<NonNullable<Value>[keyof NonNullable<Value>]> }
          : { [Name in keyof NonNullable<Value>]-?: Shape<NonNullable<Value>[Name]> };

interface Tree {
  readonly [name: string]: Tree | Leaf;
}

const SPREAD: Shape<Spread> = { mean: 'figure', max: 'figure', min: 'figure' };

const ACCOUNTING: Shape<Accounting> = {
  busy: SPREAD,
  redo: SPREAD,
  comm: SPREAD,
  idle: SPREAD,
  down: SPREAD,
};
const LINK: Shape<LinkUtilisation> = {
  id: 'text',
  utilisation: 'figure',
  utilisationOverTime: { each: 'figure' },
};

const STEADY: Shape<Steady> = {
  iterations: 'figure',
  samplesPerSecond: 'figure',
  warmUpSeconds: 'figure',
  drainSeconds: 'figure',
  speedUp: 'figure',
  flopUtilisation: 'figure',
};
const MEAN_AND_MAX: Shape<MeanAndMax> = { mean: 'figure', max: 'figure' };
const FAULT: Shape<SummaryFault> = {
  kind: 'text',
  rule: 'figure',
  nodes: { each: 'figure' },
  struckSeconds: 'figure',
  endSeconds: 'figure',
  detectedSeconds: 'figure',
  detectedAfterSeconds: 'figure',
  recoveredSeconds: 'figure',
  recoveredAfterSeconds: 'figure',
  redoneSamples: 'figure',
  messagesLost: 'figure',
  lost: 'figure',
  samplesPerSecondBefore: 'figure',
  samplesPerSecondAfter: 'figure',
  iterationsSince: 'figure',
};
const RESILIENCE: Shape<Resilience> = {
  strikes: 'figure',
  strikesLeftOut: 'figure',
  detected: 'figure',
  recovered: 'figure',
  detectedAfterSeconds: MEAN_AND_MAX,
  recoveredAfterSeconds: MEAN_AND_MAX,
  redoneSamples: 'figure',
  messagesLost: 'figure',
  lost: { parameters: { each: { each: 'figure' } }, count: 'figure', why: { each: 'text' } },
  recoveries: 'figure',
  restarts: 'figure',
  halts: 'figure',
  checkpoints: 'figure',
  lastCheckpoint: 'figure',
  finalLossDifference: 'figure',
  weightsEqualToFaultless: 'figure',
  slowdown: 'figure',
};

const SUMMARY: Shape<Summary> = {
  protocol: 'text',
  label: 'text',
  world: 'text',
  seed: 'figure',
  nodes: 'figure',
  digest: 'text',
  numbersDigest: 'text',
  partial: 'figure',
  outcome: 'text',
  failure: 'text',
  time: {
    modelledSeconds: 'figure',
    measuredSeconds: 'figure',
    wallSeconds: 'figure',
    events: 'figure',
    eventsPerSecond: 'figure',
  },
  training: {
    iterations: 'figure',
    samples: 'figure',
    samplesPerSecond: 'figure',
    iterationSeconds: 'figure',
    firstLoss: 'figure',
    lastTenthLoss: 'figure',
    finalLoss: 'figure',
    finalTestLoss: 'figure',
    finalAccuracy: 'figure',
    target: { accuracy: 'figure', seconds: 'figure', samples: 'figure' },
    divergedAt: 'figure',
    weightsSha256: 'text',
  },
  steady: STEADY,
  accounting: ACCOUNTING,
  accountingByRole: { each: ACCOUNTING },
  waiting: SPREAD,
  waitingByCause: {
    ...{ bubble: SPREAD, straggler: SPREAD, link: SPREAD, queueing: SPREAD },
    ...{ failure: SPREAD, barrier: SPREAD, nothingToDo: SPREAD },
  },
  criticalPath: {
    ...{ iterations: 'figure', iterationSeconds: 'figure', otherSeconds: 'figure' },
    resources: { each: { resource: 'text', savedSeconds: 'figure' } },
  },
  network: {
    messages: 'figure',
    bytes: 'figure',
    bytesPerNodeMax: 'figure',
    busiestLink: LINK,
    busiestLinks: { each: LINK },
  },
  memory: {
    ...{ peakBytesMax: 'figure', peakBytesMean: 'figure' },
    usedMax: { share: 'figure', node: 'figure' },
    items: { each: 'figure' },
  },
  staleness: { mean: 'figure', max: 'figure', count: 'figure' },
  moved: { times: 'figure', blocks: 'figure', blocksPer100Iterations: 'figure' },
  faults: { each: FAULT },
  resilience: RESILIENCE,
  warnings: { each: 'text' },
};

/** Whether some summary has a figure at that dotted path, such as `network.busiestLinks.0.utilisation`. */
export function isFigurePath(path: string): boolean {
  let at: Tree | Leaf = SUMMARY;
  for (const name of path.split('.')) {
    if (typeof at === 'string') return false;
    const inner: Tree | Leaf | undefined =
      at['each'] ?? (Object.hasOwn(at, name) ? at[name] : undefined);
    if (inner === undefined || name === '') return false;
    at = inner;
  }
  return at === 'figure';
}

/** The paths of all figures whose place has a fixed name. */
export function figurePaths(tree: Tree = SUMMARY, above = ''): string[] {
  return Object.entries(tree).flatMap(([name, inner]) => {
    if (name === 'each') return [];
    if (typeof inner !== 'string') return figurePaths(inner, `${above}${name}.`);
    return inner === 'figure' ? [`${above}${name}`] : [];
  });
}
