import { play, SMALL_MLP, SMALL_DATA, TRAINING, bitsOf } from './harness.ts';
import { randomStream } from '../../../../engine/random.ts';
import type { FaultRule } from '../../../../engine/faults/fault-rule.ts';
const from = Number(process.argv[2] ?? 0), count = Number(process.argv[3] ?? 200), verbose = process.argv[4] === '-v';
const tally: Record<string, number> = {};
let bad = 0;
for (let seed = from; seed < from + count; seed++) {
  const r = randomStream(seed, 'fuzz');
  const pick = <T,>(xs: readonly T[]): T => xs[r.below(xs.length)];
  const kind = pick(['ps-bsp', 'ps-asp']);
  const k = r.below(4), W = 1 + r.below(5), N = W + 1 + k;
  const optimizer = pick([{ kind: 'sgd' }, { kind: 'momentum', momentum: 0.9 }, { kind: 'adam', beta1: 0.9, beta2: 0.999, epsilon: 1e-8 }] as const);
  const training = { ...TRAINING, optimizer, iterations: 2 + r.below(6), batch: W + r.below(8), evaluateEvery: r.below(2) };
  const base = { kind, model: SMALL_MLP, data: SMALL_DATA, training, latencyNs: 1000, seed, host: { speedFlopsPerSecond: pick([1e8, 1e9]), memoryBytes: Infinity, taskOverheadNs: 0 } };
  const clean = play({ ...base, nodes: W + 1 });
  const heartbeatNs = pick([5000, 20000]);
  const span = clean.result.timeNs * 2;
  const all = Array.from({ length: N }, (_, i) => i);
  const faults: FaultRule[] = [];
  const timing = () => ({ atNs: r.below(span) });
  const n = 1 + r.below(4);
  let crashes = 0, forever = 0, serverCrash = 0, cut = 0;
  for (let i = 0; i < n; i++) {
    const forNs = pick([1000, 10000, 60000, 200000, 1000000]);
    const scope = { from: all, to: all, oneWay: false };
    const effect: any = pick([
      () => { const node = r.below(N); crashes++; const f = r.below(3) ? forNs : null; if (!f) forever++; if (node >= W) serverCrash++; return { kind: 'crash', target: { among: [node], choose: 'all', count: 1 }, forNs: f }; },
      () => { const node = r.below(N); crashes++; const f = r.below(3) ? forNs : null; if (!f) forever++; if (node >= W) serverCrash++; return { kind: 'crash', target: { among: [node], choose: 'all', count: 1 }, forNs: f }; },
      () => ({ kind: 'pause', target: { among: [r.below(N)], choose: 'all', count: 1 }, forNs }),
      () => ({ kind: 'slow', target: { among: [r.below(N)], choose: 'all', count: 1 }, factor: 5, forNs }),
      () => ({ kind: pick(['loss', 'duplicate', 'reorder']), scope, probability: pick([0.05, 0.3]), forNs }),
      () => { cut++; const a = all.filter(() => r.below(2)); const b = all.filter((x) => !a.includes(x)); return { kind: 'partition', groups: [a, b], forNs }; },
      () => { cut++; return { kind: 'cut', scope: { from: [r.below(N)], to: [r.below(N)], oneWay: r.below(2) === 1 }, forNs }; },
    ])();
    faults.push({ rule: i, timing: timing(), effect });
  }
  const cp = r.below(2) === 0;
  const setup = { ...base, nodes: N, replicas: k, detector: { heartbeatNs, misses: 3 }, checkpoint: cp ? { every: 1 + r.below(3) } : undefined, faults, stopAtNs: 20e9 };
  let out; try { out = play(setup); } catch (e) { console.log(seed, 'THROW', (e as Error).stack); bad++; continue; }
  const f = out.result.failure;
  const problems: string[] = [];
  if (f?.kind === 'error') problems.push(f.message);
  if (out.result.outcome === 'stopped') problems.push('stopped');
  if (f?.kind === 'deadlock' && crashes === 0) problems.push('deadlock without crash ' + JSON.stringify(f.nodes.map((x) => [x.node, x.phase, x.waitsFor])));
  if (f?.kind === 'deadlock' && forever === 0 && crashes <= 1) problems.push('deadlock with one crash that returns ' + JSON.stringify(f.nodes.map((x) => [x.node, x.phase, x.waitsFor])));
  if (f?.kind === 'deadlock' && crashes === 1 && cut === 0 && (k >= 1 || serverCrash === 0) && W >= 2) problems.push('deadlock with one crash ' + JSON.stringify(f.nodes.map((x) => [x.node, x.phase, x.waitsFor])));
  if (f?.kind === 'given-up' && serverCrash === 0) problems.push('given up without server crash');
  if (f?.kind === 'given-up' && cp) problems.push('given up with checkpoint');
  if (out.result.outcome === 'finished') {
    if (kind === 'ps-bsp' && bitsOf(out.record.finalWeights) !== bitsOf(clean.record.finalWeights)) problems.push('bits differ');
    if (out.record.finalVersion !== training.iterations) problems.push('final version');
    const rows = new Set(out.record.iterations.map((x) => x.iteration));
    if (rows.size !== training.iterations) problems.push('iterations noted ' + rows.size);
  }
  for (const a of out.result.nodes) if (a.busyNs + a.redoNs + a.commNs + a.idleNs + a.downNs !== out.result.timeNs) problems.push('books');
  if (f?.kind === 'deadlock' && forever === 0) console.log('   STALL', seed, out.result.timeNs, f.message, JSON.stringify(f.nodes.map((x) => [x.node, x.phase, x.waitsFor])).slice(0, 600));
  const key = `${kind} k=${k} ${out.result.outcome} ${f?.kind ?? ''}`;
  tally[key] = (tally[key] ?? 0) + 1;
  if (problems.length) { bad++; console.log(seed, kind, `W=${W} k=${k} cp=${cp}`, JSON.stringify(faults.map((x) => ({ ...x.timing, ...x.effect, scope: undefined }))).slice(0, 500), '\n   ', problems.join('; ').slice(0, 700)); }
  if (verbose) {
    console.log(JSON.stringify(faults));
    for (const m of out.notes) if (!['iteration', 'weights', 'staleness'].includes(m.name)) console.log(m.timeNs, m.node, m.name, JSON.stringify(m.value).slice(0, 300));
    for (const m of out.messages.slice(-Number(process.argv[5] ?? 200))) console.log((m as any).timeNs ?? '', m.from, '->', m.to, m.sentAs.slice(0, 180));
  }
}
console.log(tally, 'bad', bad);
