/** What fields and figures are called on axes and in sentences: words with units, not their names in files. */

/** A figure in words, and how its values are written on an axis (as d3-format does). */
export interface Words {
  readonly title: string;
  readonly format: string;
}

const SHARE = '.0%';
const NUMBER = '~g';
const SIZE = '~s';

const FIGURES: Readonly<Record<string, readonly [title: string, format: string]>> = {
  'time.modelledSeconds': ['modelled time of the run (s)', NUMBER],
  'training.iterationSeconds': ['modelled time of an iteration (s)', NUMBER],
  'training.samplesPerSecond': ['throughput (samples/s)', SIZE],
  'training.iterations': ['iterations', NUMBER],
  'training.samples': ['samples', SIZE],
  'training.finalLoss': ['training loss at the end', NUMBER],
  'training.lastTenthLoss': ['training loss, mean of the last tenth', NUMBER],
  'training.finalTestLoss': ['loss on held-out samples at the end', NUMBER],
  'training.finalAccuracy': ['accuracy on held-out samples at the end', SHARE],
  'waiting.mean': ['time waiting, mean of all nodes (share)', SHARE],
  'waiting.max': ['time waiting, worst node (share)', SHARE],
  'network.bytes': ['bytes sent (B)', SIZE],
  'network.bytesPerNodeMax': ['bytes sent and received, busiest node (B)', SIZE],
  'memory.peakBytesMax': ['peak memory, fullest node (B)', SIZE],
  'memory.peakBytesMean': ['peak memory, mean of all nodes (B)', SIZE],
  'staleness.mean': ['staleness, mean (updates)', NUMBER],
  'staleness.max': ['staleness, largest (updates)', NUMBER],
  'cluster.nodes': ['nodes', '~d'],
  'cluster.network.bandwidth': ['bandwidth of a link', NUMBER],
  'cluster.network.latency': ['latency of a link', NUMBER],
  'training.batch': ['batch (samples)', NUMBER],
};

const LAST_WORDS: Readonly<Record<string, readonly [words: string, format: string]>> = {
  seconds: ['(s)', NUMBER],
  bytes: ['(B)', SIZE],
  flops: ['(FLOP)', SIZE],
};

/** Shares of time: `accounting.busy.mean` and the like. */
const SHARES = /^(accounting|waitingByCause)\./;

/** Words for a figure of a summary, or a field of a scenario, by its path. */
export function wordsOf(path: string): Words {
  const known = FIGURES[path];
  if (known) return { title: known[0], format: known[1] };
  const [, ...names] = path.includes('.') ? path.split('.') : ['', path];
  const words = names.flatMap(wordsIn);
  if (SHARES.test(path)) return { title: `time: ${words.join(' ')} (share)`, format: SHARE };
  const unit = words.findIndex((word) => word in LAST_WORDS);
  if (unit < 0) return { title: words.join(' '), format: NUMBER };
  const [text, format] = LAST_WORDS[words[unit]];
  return { title: [...words.toSpliced(unit, 1), text].join(' '), format };
}

/** `learningRate` is `learning rate`. */
function wordsIn(name: string): string[] {
  return name
    .replace(/([a-z\d])([A-Z])/g, '$1 $2')
    .toLowerCase()
    .split(' ');
}

/** `a`, `a and b`, `a, b and c`. */
export function listed(words: readonly string[]): string {
  if (words.length < 2) return words.join('');
  return `${words.slice(0, -1).join(', ')} and ${words[words.length - 1]}`;
}
