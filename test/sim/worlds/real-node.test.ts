/** A real node needs no thread: mail and board in memory will do, and nothing it is made of says otherwise. */
import { eachAccount } from '../../../engine/node-accounts.ts';
import { readFileSync } from 'node:fs';
import t from 'tap';
import type { NodeId } from '../../../engine/world.ts';
import { TrainingLog } from '../../../models/observers/training-log.ts';
import { dataOf, hostsOf, modelOf, planOf, simulate } from '../../../sim/assemble.ts';
import type { ResolvedScenario } from '../../../sim/scenario/resolved.ts';
import type { Board, Entry, FromNode, ToNode } from '../../../sim/worlds/board.ts';
import type { Envelope, Mail } from '../../../sim/worlds/mail.ts';
import { RealNode } from '../../../sim/worlds/real-node.ts';
import { tinyScenario } from './tiny.ts';
import { trainingOf } from '../../../sim/training.ts';

/** A pile of letters a node; a letter is a copy, as it would be from another machine. */
class PileMail implements Mail {
  readonly isFull = false;
  private readonly all: readonly PileMail[];
  private pile: Envelope[] = [];
  private arrived = (): void => {};
  constructor(all: readonly PileMail[]) {
    this.all = all;
  }
  send(to: NodeId, envelope: Envelope): void {
    const peer = this.all[to];
    peer.pile.push(structuredClone(envelope));
    setImmediate(() => peer.arrived());
  }
  drain(into: Envelope[]): void {
    into.push(...this.pile.splice(0));
  }
  renew(): void {}
  excuse(): void {}
  listen(arrived: () => void): void {
    this.arrived = arrived;
  }
}

class MapBoard implements Board {
  state = 0;
  readonly said: FromNode[] = [];
  control = (_: ToNode): void => {};
  private readonly figures = new Map<Entry, number>();
  private readonly heard: (message: FromNode) => void;
  constructor(heard: (message: FromNode) => void) {
    this.heard = heard;
  }
  get(entry: Entry): number {
    return this.figures.get(entry) ?? 0;
  }
  add(entry: Entry, value: number): void {
    this.set(entry, this.get(entry) + value);
  }
  set(entry: Entry, value: number): void {
    this.figures.set(entry, value);
  }
  addWork(): void {}
  tell(message: FromNode): void {
    this.said.push(message);
    this.heard(message);
  }
  listen(control: (message: ToNode) => void): void {
    this.control = control;
  }
  hear(): void {}
  waitWhileHeld(): void {}
}

/** All nodes of the scenario's protocol in this one thread, until each has said that it is finished. */
async function inMemory(scenario: ResolvedScenario) {
  const data = dataOf(scenario);
  const plan = planOf(scenario, 0, data);
  const { seed } = scenario;
  const training = trainingOf(scenario.training);
  const log = new TrainingLog({ model: modelOf(scenario.model), training, data });
  const hosts = hostsOf(scenario);
  const mails: PileMail[] = [];
  hosts.forEach(() => mails.push(new PileMail(mails)));
  const boards: MapBoard[] = [];
  await new Promise<void>((finish, fail) => {
    for (const [node, { memoryBytes }] of hosts.entries()) {
      const board = new MapBoard((message) => {
        if (message.kind === 'note') log.noted(node, message.timeNs, message.name, message.value);
        if (message.kind === 'failed') fail(new Error(message.failure.message));
        if (boards.every(({ said }) => said.some(({ kind }) => kind === 'finished'))) finish();
      });
      boards.push(board);
      const run = {
        seed,
        nodeCount: hosts.length,
        canFail: false,
        storage: null,
        shape: null,
        traceLimit: null,
      };
      const disk = { read: () => null, write: () => true };
      const setup = { ...run, disk, node, incarnation: 0, memoryBytes };
      new RealNode(setup, mails[node], board, (world) => plan.createNode(world));
    }
    const origin = process.hrtime.bigint();
    for (const { control } of boards) control({ kind: 'start', origin });
  });
  return { boards, training: log.record() };
}

for (const kind of ['ring-tmp', 'ps-bsp'])
  t.test(
    `${kind} without a thread ends with the weights and the work of the simulator`,
    async (t) => {
      const scenario = await tinyScenario({ kind, nodes: 3 });
      const { boards, training } = await inMemory(scenario);
      const { simulation, log } = simulate(scenario, 0, dataOf(scenario));
      while (simulation.run(10_000));
      t.ok(training.finalWeights);
      t.same(training.finalWeights, log.record().finalWeights);
      for (const [node, account] of [...eachAccount(simulation.result().nodes)].entries())
        for (const figure of ['jobs', 'flops', 'messagesReceived', 'bytesSent'] as const)
          t.equal(boards[node].get(figure), account[figure], `${figure} of node ${node}`);
    },
  );

t.test('what a real node is made of has no word of threads', async (t) => {
  for (const file of ['real-node', 'real-verbs', 'mail', 'board', 'measured-account', 'alarms']) {
    const source = new URL(`../../../sim/worlds/${file}.ts`, import.meta.url);
    const lines = readFileSync(source, 'utf8').split('\n');
    t.ok(lines.length > 20, file);
    const found = lines.filter((line) => /\bthreads?\b|worker_threads|MessagePort/i.test(line));
    // Interfaces may say by example what lies behind them.
    t.same(
      found.filter((line) => !/ports between threads/.test(line)),
      [],
    );
  }
});
