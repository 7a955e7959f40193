/**
 * What a protocol is to the rest of the program. A new one is a folder in `protocols/` that exports a
 * `ProtocolDefinition`, and one line in `protocols/registry.ts`: the scenario schema, the commands, every world and every
 * report then know it.
 */
import type { z } from 'zod';
import type { WatchedPair } from '../engine/detector/lane.ts';
import type { Node, World } from '../engine/world.ts';
import type { FuzzProfile } from './claims/fuzz-profile.ts';
import type { Assignment, WatchedWork } from './spec/assignment.ts';
import type { Survivals } from './survival.ts';

/** A protocol made ready for one assignment. Making it checks all that can be checked before anything runs. */
export interface Plan<Role extends string = string> {
  /** The part each node plays, such as 'worker' or 'server'; one a node. */
  readonly roles: readonly Role[];
  /** Makes the logic of node `world.self`. Plans made from equal assignments make equal nodes. */
  createNode(world: World): Node;
}

/**
 * Fields of a scenario that some protocols read and others do not. `cluster.network` stands for all that a scenario says
 * of messages beside what it must, and `disk` for all that it says of hosts' own disks.
 */
export type OptionalField =
  'training.microBatches' | 'checkpoint' | 'detector' | 'cluster.network' | 'disk';

export interface ProtocolDefinition<
  Options extends { kind: string } = { kind: string },
  Role extends string = string,
> {
  readonly kind: string;
  /** One line for help and docs. */
  readonly summary: string;
  /**
   * Which optional fields it reads: always, or only where nodes may fail and watch each other. A field that is given and
   * that no protocol of the run reads is a warning.
   */
  readonly uses: Readonly<Partial<Record<OptionalField, 'always' | 'with faults'>>>;
  /** Strict schema of the protocol's options, `kind` included, with defaults. */
  readonly options: z.ZodType<Options>;
  /**
   * Pairs of nodes that watch each other where things may fail, each once: the default heartbeat, and what is too short a
   * one, follow from their ways. Better a generator than a list, and never all with all: there may be many nodes.
   */
  watches(assignment: WatchedWork, options: Options): Iterable<WatchedPair>;
  /**
   * Whether the final weights depend on when anything happens. If they are independent of it, any world, simulated or
   * real, ends with the same bits, whatever goes wrong meanwhile.
   */
  timing(options: Options): 'independent' | 'dependent';
  /** What becomes of a run where a fault strikes, by its kind; of the roles that nodes play, the one that fares worst. */
  survives(options: Options): Survivals;
  /**
   * The sequential run of the same work that ends with the same weights bit for bit: its oracle, as options of a protocol.
   * Null where there is none.
   */
  reference(options: Options, nodes: number): { readonly kind: string } | null;
  /**
   * How many times all nodes together hold the whole model with its gradients, at the least: what fits no memory is refused
   * before it is made. Left out: once, however it is cut.
   */
  copies?(options: Options, nodes: number): number;
  /** How it is fuzzed, from the `fuzz.ts` of its folder; left out: it is not. */
  readonly fuzz?: FuzzProfile;
  /** Throws a ScenarioError naming the field when the options do not fit the work. */
  plan(assignment: Assignment, options: Options): Plan<Role>;
}

/** A scenario that cannot be run, in one sentence: the field's path, what was given, what would be right. */
export class ScenarioError extends Error {
  readonly path: string;
  constructor(path: string, message: string) {
    super(message);
    this.name = 'ScenarioError';
    this.path = path;
  }
}
