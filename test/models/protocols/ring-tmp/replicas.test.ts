/** PROTOCOLS A.4, A.6, C: replicas follow every update, and the gate keeps the ring from running away from them. */
import { eachAccount } from '../../../../engine/node-accounts.ts';
import fc from 'fast-check';
import t from 'tap';
import {
  MESSAGE_HEADER_BYTES,
  type Message,
  type Node,
  type NodeFactory,
  type World,
} from '../../../../engine/world.ts';
import { bytesOf, OPTIMIZER_SLOTS } from '../../../../models/spec/training.ts';
import { host, runProtocol, sameBits, type Setting, type Trace } from './harness.ts';
import { anySetting, ringOptions } from './settings.ts';

const replicas = fc.constantFrom(1, 2, 3);

/** A ring of a layer a node, of so many parameters each, and of little work. */
function tableOf(
  parameters: number[],
  latencyNs: number,
  sharing: 'fifo' | 'fair' = 'fair',
): Setting {
  const layer = { name: 'stage', forwardFlops: 100, backwardFlops: 200, outputElements: 1 };
  return {
    hosts: parameters.map(() => host()),
    model: {
      kind: 'costs',
      layers: parameters.map((count) => ({ ...layer, parameters: count })),
      inputElements: 1,
    },
    training: { iterations: 6, microBatches: 2, batch: 2 },
    network: { kind: 'ring', bandwidth: 1e8, latencyNs },
    sharing,
  };
}

/** Of each node, the least version its replicas have said they can serve; -1 where there are none. */
class Watcher {
  private readonly acked = new Map<string, number>();
  private readonly count: number;
  private readonly nodes: number;
  private readonly versions: number[];
  broken: string | null = null;

  constructor(nodes: number, replicas: number) {
    this.nodes = nodes;
    this.count = Math.min(replicas, nodes - 1);
    this.versions = new Array<number>(nodes).fill(0);
  }

  sent(from: number, to: number, { kind, version }: Message & { version?: number }): void {
    if (kind === 'REPL_ACK') this.acked.set(`${to}<${from}`, version!);
  }

  /** I2': whenever any node reaches version t+2, every replica holds t+1 at least. */
  updated(node: number): void {
    const version = ++this.versions[node];
    for (let origin = 0; origin < this.nodes; origin++)
      for (let k = 1; k <= this.count; k++) {
        const holder = (origin + k) % this.nodes;
        const held = this.acked.get(`${origin}<${holder}`) ?? 0;
        if (held < version - 1)
          this.broken ??= `node ${node} reached ${version}, replica ${holder} of ${origin} has ${held}`;
      }
  }
}

/** Plays the trace's events in order of time to the watcher; at equal times what was sent goes first. */
function watched(setting: Setting, options: object): { trace: Trace; broken: string | null } {
  const watcher = new Watcher(setting.hosts.length, (options as { replicas: number }).replicas);
  const trace = runProtocol(
    {
      ...setting,
      observer: {
        messageSent: (_, from, to, message) => watcher.sent(from, to, message),
        jobEnded(node, job) {
          if ((job as unknown as { pass: string }).pass === 'update') watcher.updated(node);
        },
      },
    },
    { kind: 'ring-tmp', ...options } as { kind: string },
  );
  return { trace, broken: watcher.broken };
}

t.test(
  "A.4, I2': with any replicas the bits are seq-SGD's, and no replica is left behind",
  async (t) => {
    let sent = 0;
    fc.assert(
      fc.property(anySetting('exact'), ringOptions, replicas, (setting, options, count) => {
        const { trace, broken } = watched(setting, { ...options, replicas: count });
        if (trace.result.failure !== null) throw new Error(trace.result.failure.message);
        if (broken !== null) throw new Error(broken);
        sent += trace.messages.filter(({ message }) => message.kind === 'REPL_GRAD').length;
        const alone = runProtocol({ ...setting, jitter: undefined }, { kind: 'seq-sgd' });
        return sameBits(trace.weights, alone.weights);
      }),
      { numRuns: 120 },
    );
    t.ok(sent > 1000, `${sent} gradients went to replicas`);
  },
);

t.test("A.4, I2': however unequal the gradients, no replica is left behind", async (t) => {
  const sizes = fc.array(fc.constantFrom(1, 1000, 100_000), { minLength: 1, maxLength: 7 });
  fc.assert(
    fc.property(
      fc.tuple(sizes, fc.nat(20_000)),
      fc.constantFrom('fifo' as const, 'fair' as const),
      replicas,
      ([parameters, latencyNs], sharing, count) => {
        const setting = tableOf(parameters, latencyNs, sharing);
        const { trace, broken } = watched(setting, { replicas: count });
        if (trace.result.failure !== null) throw new Error(trace.result.failure.message);
        if (broken !== null) throw new Error(broken);
      },
    ),
    { numRuns: 100 },
  );
  t.pass();
});

/** Nodes that take their replicas to be there as soon as they have sent them the gradient. */
function trusting(count: number) {
  return (place: NodeFactory): NodeFactory =>
    (world) => {
      const forged: Message[] = [];
      const listening: World = Object.create(world, {
        send: {
          value: (to: number, message: Message & Record<string, number>, bytes: number) => {
            if (message.kind === 'REPL_GRAD' && message.origin === world.self)
              for (let k = 1; k <= count; k++)
                forged.push(forgedAck(message, (world.self + k) % 4));
            world.send(to, message, bytes);
          },
        },
      }) as World;
      const node = place(listening);
      const flush = () => {
        for (const ack of forged.splice(0))
          node.receive(ack, (ack as unknown as { holder: number }).holder);
      };
      return Object.create(node, {
        phase: { get: () => node.phase },
        finished: { get: () => node.finished },
        start: { value: () => node.start() },
        receive: {
          value: (message: Message, from: number) => {
            if (message.kind !== 'REPL_ACK') node.receive(message, from);
            flush();
          },
        },
        computed: { value: (job: never) => (node.computed(job), flush()) },
        waitsFor: { value: () => node.waitsFor() },
      }) as Node;
    };
}

function forgedAck({ epoch, origin, iteration }: Record<string, number>, holder: number): Message {
  const ack = { kind: 'REPL_ACK', epoch, to: origin, holder, version: iteration + 1 };
  return ack as Message;
}

t.test("A.4: without the gate the ring does run away, so I2' can tell", async (t) => {
  for (const count of [1, 2, 3]) {
    // The gradients of the last position take the longest, and nothing is sent behind them that others wait for.
    const setting = tableOf([10, 10, 10, 100_000], 10);
    t.equal(watched(setting, { replicas: count }).broken, null, `r = ${count}, with the gate`);
    const open = watched({ ...setting, wrap: trusting(count) }, { replicas: count });
    t.match(open.broken, /replica/, `r = ${count}, without it`);
  }
});

t.test('A.4: what replicas cost on the wire and in time', async (t) => {
  const layer = { name: 'stage', forwardFlops: 100, backwardFlops: 200, outputElements: 1 };
  const optimizer = { kind: 'adam' as const, beta1: 0.9, beta2: 0.999, epsilon: 1e-8 };
  const setting: Setting = {
    hosts: Array.from({ length: 4 }, () => host()),
    model: {
      kind: 'costs',
      layers: [10, 20, 30, 40].map((parameters) => ({ ...layer, parameters })),
      inputElements: 1,
    },
    training: { iterations: 5, optimizer },
  };
  for (const count of [0, 1, 2, 3]) {
    const { trace } = watched(setting, { replicas: count });
    const kinds = (kind: string) => trace.messages.filter(({ message }) => message.kind === kind);
    t.equal(kinds('REPL_GRAD').length, 4 * count * 4, 'a hop a replica and update, but the last');
    t.equal(kinds('REPL_ACK').length, 4 * count * 4);
    t.ok(kinds('REPL_GRAD').every(({ from, to }) => to === (from + 1) % 4));
    t.same(
      kinds('REPL_GRAD').reduce((sum, { bytes }) => sum + bytes - MESSAGE_HEADER_BYTES, 0),
      4 * count * 4 * (10 + 20 + 30 + 40),
    );
    const jobs = trace.jobs.filter(({ pass }) => pass === 'replica');
    // The last gradient that came is held back, so that the version before it can be served.
    t.equal(jobs.length, 4 * count * 3);
    for (const { node, startNs, endNs } of count === 1 ? jobs : [])
      t.equal(endNs - startNs, 100 + (2 + 2 * 2) * [40, 10, 20, 30][node]);
  }
});

t.test('A.6: owner w P (2(1+o)+1), replica w P (1+o) and one gradient held back', async (t) => {
  fc.assert(
    fc.property(anySetting('cost'), ringOptions, replicas, (setting, options, replicas) => {
      const { trace } = watched(setting, { ...options, replicas });
      if (trace.result.failure !== null) throw new Error(trace.result.failure.message);
      const { optimizer, iterations } = setting.training!;
      const element = bytesOf({ precision: setting.training!.precision! }).weights;
      const slots = OPTIMIZER_SLOTS[optimizer!.kind];
      const nodes = setting.hosts.length;
      const count = Math.min(replicas, nodes - 1);
      const own = [...eachAccount(trace.result.nodes)].map(
        ({ memoryItems }) => memoryItems.weights / element,
      );
      return [...eachAccount(trace.result.nodes)].every(({ memoryItems: items }, node) => {
        let kept = 0;
        for (let k = 1; k <= count; k++) kept += own[(node - k + nodes) % nodes];
        const state = items.weights + items.gradients + (items.optimizer ?? 0) + items.previous;
        return (
          state === element * own[node] * (2 * (1 + slots) + 1) &&
          (items.replicas ?? 0) === element * (1 + slots) * kept &&
          (items.pending ?? 0) === (iterations! > 1 ? element * kept : 0)
        );
      });
    }),
    { numRuns: 120 },
  );
  t.pass();
});
