import { eachAccount } from '../../engine/node-accounts.ts';
import fc from 'fast-check';
import t from 'tap';
import { Accounting } from '../../engine/accounting.ts';
import { NODE_STATES } from '../../engine/node-states.ts';
import { starTopology } from '../../engine/network/star.ts';
import { runAll, scripted, type Script } from './scripted-node.ts';

const NODES = 3;

function timesOf(accounting: Accounting, node: number, nowNs: number): number[] {
  const times = new Float64Array(NODE_STATES.length);
  accounting.readTimes(node, nowNs, times);
  return [...times];
}

/** A stretch of work of a node: what it counts as may change later. */
interface Stretch {
  node: number;
  step: number | undefined;
  epoch: number | undefined;
  ns: number;
  redo: boolean;
}

/** What is said of work of that step and later, in epochs before the one and after the other where it names them. */
interface Word {
  from: number;
  before?: number;
  after?: number;
}

function isMeant({ step, epoch }: Stretch, { from, before, after = -1 }: Word): boolean {
  if (step === undefined || step < from) return false;
  if (epoch === undefined) return before === undefined;
  return epoch > after && (before === undefined || epoch < before);
}

/** The oracle keeps every node's situation and asks at every nanosecond which state comes first. */
class Dumb {
  readonly engine: ('free' | 'busy' | 'redo')[] = new Array(NODES).fill('free');
  readonly down: boolean[] = new Array(NODES).fill(false);
  readonly stretches: Stretch[] = [];
  /** What is said of work in epochs before one holds for work to come as well. */
  readonly standing: { node: number; word: Word }[] = [];
  /** The job under way of each node. */
  readonly jobs: (Stretch | null)[] = new Array(NODES).fill(null);
  readonly outgoing: number[] = new Array(NODES).fill(0);
  readonly incoming: number[] = new Array(NODES).fill(0);
  /** When what is settled to leave each node has left. */
  readonly leftNs: number[] = new Array(NODES).fill(0);
  now = 0;
  readonly times = Array.from({ length: NODES }, () => new Array<number>(5).fill(0));

  state(node: number): number {
    if (this.down[node]) return NODE_STATES.indexOf('down');
    const engine = this.engine[node];
    if (engine !== 'free') return NODE_STATES.indexOf(engine);
    const isLeaving = this.leftNs[node] > this.now;
    const isOnWire = isLeaving || this.outgoing[node] + this.incoming[node] > 0;
    return NODE_STATES.indexOf(isOnWire ? 'comm' : 'idle');
  }

  pass(ns: number): void {
    for (const endNs = this.now + ns; this.now < endNs; this.now++)
      for (let node = 0; node < NODES; node++) {
        const job = this.down[node] ? null : this.jobs[node];
        if (job) job.ns++;
        else this.times[node][this.state(node)]++;
      }
  }

  begin(node: number, redo: boolean, step?: number, epoch?: number): void {
    const job = { node, step, epoch, ns: 0, redo };
    this.jobs[node] = job;
    this.stretches.push(job);
    for (const { node: whose, word } of this.standing)
      if (whose === node && isMeant(job, word)) job.redo = true;
    this.engine[node] = job.redo ? 'redo' : 'busy';
  }

  end(node: number): void {
    this.jobs[node] = null;
    this.engine[node] = 'free';
  }

  writeOff(node: number, word: Word): void {
    if (word.before !== undefined) this.standing.push({ node, word });
    for (const stretch of this.stretches)
      if (stretch.node === node && isMeant(stretch, word)) stretch.redo = true;
    if (this.jobs[node]?.redo) this.engine[node] = 'redo';
  }

  books(node: number): number[] {
    const times = [...this.times[node]];
    for (const stretch of this.stretches)
      if (stretch.node === node)
        times[NODE_STATES.indexOf(stretch.redo ? 'redo' : 'busy')] += stretch.ns;
    return times;
  }
}

type Step = {
  wait: number;
  what:
    | 'job'
    | 'send'
    | 'depart'
    | 'send and leave'
    | 'arrive'
    | 'read'
    | 'crash'
    | 'pause'
    | 'up'
    | 'write off'
    | 'store';
  node: number;
  redo: boolean;
  step: number | undefined;
  /** Of the job, or the one before which work is written off. */
  epoch: number | undefined;
  /** The one after which work is written off. */
  after: number | undefined;
};

const steps = fc.array(
  fc.record({
    wait: fc.nat(20),
    what: fc.constantFrom(
      ...(['job', 'job', 'send', 'depart', 'send and leave', 'arrive', 'read'] as const),
      ...(['crash', 'pause', 'up', 'up', 'write off', 'store'] as const),
    ),
    node: fc.nat(NODES - 1),
    redo: fc.boolean(),
    step: fc.option(fc.nat(4), { nil: undefined }),
    epoch: fc.option(fc.nat(4), { nil: undefined }),
    after: fc.option(fc.nat(4), { nil: undefined }),
  }) as fc.Arbitrary<Step>,
  { maxLength: 120, size: 'max' },
);

function play(steps: Step[]): { books: number[][]; dumb: Dumb; now: number } {
  const accounting = new Accounting(NODES, true);
  const dumb = new Dumb();
  let now = 0;
  for (const { wait, what, node, redo, step, epoch, after } of steps) {
    dumb.pass(wait);
    now += wait;
    const target = (node + 1) % NODES;
    if (what === 'job') {
      if (dumb.down[node]) continue;
      if (dumb.engine[node] === 'free') {
        dumb.begin(node, redo, step, epoch);
        accounting.jobStarted(node, redo, now, step, epoch);
      } else {
        dumb.end(node);
        accounting.jobEnded(node, now);
      }
    } else if (what === 'crash') {
      const job = dumb.jobs[node];
      if (job) job.redo = true;
      dumb.end(node);
      dumb.down[node] = true;
      accounting.wentDown(node, true, now);
    } else if (what === 'pause') {
      dumb.down[node] = true;
      accounting.wentDown(node, false, now);
    } else if (what === 'up') {
      dumb.down[node] = false;
      accounting.cameUp(node, now);
    } else if (what === 'write off') {
      dumb.writeOff(node, { from: step ?? 0, before: epoch, after });
      accounting.writeOff({ node, step: step ?? 0, before: epoch, after }, now);
    } else if (what === 'store') {
      if (redo) {
        dumb.incoming[node]++;
        accounting.storageBegan(node, now);
      } else if (dumb.incoming[node] > 0) {
        dumb.incoming[node]--;
        accounting.storageEnded(node, now);
      }
    } else if (what === 'send') {
      dumb.outgoing[node]++;
      dumb.incoming[target]++;
      accounting.sent(node, target, now);
    } else if (what === 'send and leave') {
      const departsNs = now + 7 * (step ?? 0);
      dumb.leftNs[node] = Math.max(dumb.leftNs[node], departsNs);
      dumb.incoming[target]++;
      accounting.sent(node, target, now, departsNs);
    } else if (what === 'read') {
      timesOf(accounting, node, now);
    } else if (what === 'depart' && dumb.outgoing[node] > 0) {
      dumb.outgoing[node]--;
      accounting.departed(node, now);
    } else if (what === 'arrive' && dumb.incoming[node] > 0) {
      dumb.incoming[node]--;
      accounting.delivered(node, now);
    }
    for (let n = 0; n < NODES; n++) {
      const state = accounting.stateOf(n, now);
      if (state !== NODE_STATES[dumb.state(n)]) throw new Error(`node ${n} shows ${state}`);
    }
  }
  const books = dumb.times.map((_, node) => timesOf(accounting, node, now));
  const carrying = dumb.incoming.concat(dumb.outgoing).some((count) => count > 0);
  if (accounting.carrying !== carrying) throw new Error('what is under way is miscounted');
  return { books, dumb, now };
}

t.test(
  'PROTOCOLS F: the first state that applies, what is written off is redo, and the five sum to the time',
  async (t) => {
    fc.assert(
      fc.property(steps, (steps) => {
        const { books, dumb, now } = play(steps);
        return (
          books.join(';') === dumb.times.map((_, node) => dumb.books(node)).join(';') &&
          books.every((times) => times.reduce((sum, ns) => sum + ns) === now)
        );
      }),
      { numRuns: 1000 },
    );
    t.pass();
  },
);

t.test('a whole run is accounted as worked out by hand', async (t) => {
  // Node 0 works 100 ns, then sends 52 + 48 bytes over a star of 1 B/ns and 30 ns: on the egress until 200,
  // there at 230. Node 1 works 80 ns in vain, waits for the message and then works 20 ns, until 250.
  const scripts: Script[] = [
    {
      start: (node) => node.work('make', 100),
      computed(node) {
        node.world.send(1, { kind: 'it' }, 52);
        node.finished = true;
      },
    },
    {
      start: (node) => node.world.compute({ name: 'try', flops: 80, redo: true, run() {} }),
      receive: (node) => node.work('use', 20),
      computed: (node, job) => (node.finished = job.name === 'use'),
    },
  ];
  const { simulation } = scripted(scripts, { topology: starTopology(2, 1e9, 30) });
  const result = runAll(simulation).result();
  t.equal(result.timeNs, 250);
  t.match(
    [...eachAccount(result.nodes)],
    [
      { busyNs: 100, redoNs: 0, commNs: 100, idleNs: 50, downNs: 0, jobs: 1, flops: 100 },
      { busyNs: 20, redoNs: 80, commNs: 130, idleNs: 20, downNs: 0, jobs: 2, flops: 100 },
    ],
  );
});
