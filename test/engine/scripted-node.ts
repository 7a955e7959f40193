/** A node whose handlers are given as functions, and a small world to put such nodes in. */
import { ringTopology } from '../../engine/network/ring.ts';
import { Simulation, type SimulationOptions } from '../../engine/simulation.ts';
import type { Job, Message, Node, NodeId, World } from '../../engine/world.ts';

export interface Script {
  start?(node: ScriptedNode): void;
  receive?(node: ScriptedNode, message: Message, from: NodeId): void;
  computed?(node: ScriptedNode, job: Job): void;
  woken?(node: ScriptedNode, alarm: string): void;
  suspected?(node: ScriptedNode, peer: NodeId): void;
  saved?(node: ScriptedNode, name: string, isNewest: boolean): void;
  loaded?(node: ScriptedNode, name: string, value: object | null): void;
  persisted?(node: ScriptedNode): void;
}

export class ScriptedNode implements Node {
  phase = 'scripted';
  finished = false;
  readonly world: World;
  /** What happened to the node, each with its time. */
  readonly log: string[] = [];
  private readonly script: Script;

  constructor(world: World, script: Script) {
    this.world = world;
    this.script = script;
  }

  start(): void {
    this.script.start?.(this);
  }

  receive(message: Message, from: NodeId): void {
    this.write(`${message.kind} from ${from}`);
    this.script.receive?.(this, message, from);
  }

  computed(job: Job): void {
    this.write(`computed ${job.name}`);
    this.script.computed?.(this, job);
  }

  woken(alarm: string): void {
    this.write(`woken ${alarm}`);
    this.script.woken?.(this, alarm);
  }

  suspected(peer: NodeId): void {
    this.write(`suspected ${peer}`);
    this.script.suspected?.(this, peer);
  }

  saved(name: string, isNewest: boolean): void {
    this.write(`saved ${name}${isNewest ? '' : ', too late'}`);
    this.script.saved?.(this, name, isNewest);
  }

  loaded(name: string, value: object | null): void {
    this.write(`loaded ${name}`);
    this.script.loaded?.(this, name, value);
  }

  persisted(): void {
    this.write('persisted');
    this.script.persisted?.(this);
  }

  waitsFor(): string {
    return 'the end of its script';
  }

  write(what: string): void {
    this.log.push(`${this.world.now()} ${what}`);
  }

  /** A job of that many nanoseconds on the host below. */
  work(name: string, ns: number, run: () => void = () => this.write(`run ${name}`)): void {
    this.world.compute({ name, flops: ns, run });
  }
}

/** One FLOP a nanosecond, no overhead. */
export const HOST = { speedFlopsPerSecond: 1e9, memoryBytes: 1000, taskOverheadNs: 0 };

/** Nodes with those scripts on a ring of one byte a nanosecond and 100 ns. */
export function scripted(
  scripts: Script[],
  options: Partial<SimulationOptions> = {},
): { simulation: Simulation; nodes: ScriptedNode[] } {
  const nodes: ScriptedNode[] = [];
  const simulation = new Simulation({
    seed: 1,
    hosts: scripts.map(() => HOST),
    topology: ringTopology(scripts.length, 1e9, 100),
    sharing: 'fifo',
    runJobs: true,
    place: (world) => {
      const node = new ScriptedNode(world, scripts[world.self]);
      nodes.push(node);
      return node;
    },
    ...options,
  });
  return { simulation, nodes };
}

/** Runs to the end. */
export function runAll(simulation: Simulation): Simulation {
  while (simulation.run(1000));
  return simulation;
}
