/**
 * What the rest of the program knows of a protocol. A new one is a folder in `protocols/` that exports a
 * `ProtocolDefinition`, and one line in `protocols/registry.ts`: the scenario schema, the commands, every world and
 * every report then know it.
 */
import type { z } from 'zod';
import type { WatchedPair } from '../engine/detector/lane.ts';
import type { Node, World } from '../engine/world.ts';
import type { FuzzProfile } from './claims/fuzz-profile.ts';
import type { Assignment, WatchedWork } from './spec/assignment.ts';
import type { CrashSetting, Survivals, Timing } from './survival.ts';

/** A protocol prepared for one assignment. Making it checks all that can be checked before anything runs. */
export interface Plan<Role extends string = string> {
  /** The part each node plays, such as 'worker' or 'server'; one a node. */
  readonly roles: readonly Role[];
  /**
   * The place of each node on the line along which work is handed, equal for copies. Left out where every node does all
   * of the work. It tells a wait for what is upstream from one for others that do the same.
   */
  readonly places?: readonly number[];
  /** It throws work away although nothing fails: accounts keep what each piece of work was for. */
  readonly dropsWork?: boolean;
  /** Makes the logic of node `world.self`. Plans made from equal assignments make equal nodes. */
  createNode(world: World): Node;
}

/**
 * Scenario fields that some protocols read and others do not. `cluster.network` stands for all optional fields about
 * messages, and `disk` for all about hosts' own disks.
 */
export type OptionalField =
  | 'model.layers.carryElements'
  | 'model.layers.splits'
  | 'model.bounds'
  | 'training.microBatches'
  | 'checkpoint'
  | 'detector'
  | 'cluster.network'
  | 'disk';

export interface ProtocolDefinition<
  Options extends { kind: string } = { kind: string },
  Role extends string = string,
> {
  readonly kind: string;
  /** One line for help and docs. */
  readonly summary: string;
  /**
   * Which optional fields it reads: always, or only where nodes may fail and watch each other. A field that is given
   * and that no protocol of the run reads causes a warning.
   */
  readonly uses: Readonly<Partial<Record<OptionalField, 'always' | 'with faults'>>>;
  /** Strict schema of the protocol's options, `kind` included, with defaults. */
  readonly options: z.ZodType<Options>;
  /**
   * Pairs of nodes that watch each other where things may fail, each once. The default heartbeat, and the shortest
   * allowed one, follow from the paths between them. Better a generator than a list, and never all pairs: there may
   * be many nodes.
   */
  watches(assignment: WatchedWork, options: Options): Iterable<WatchedPair>;
  /**
   * Whether the final weights depend on timing. If not, every world, simulated or real, ends with the same bits,
   * whatever fails meanwhile. Where they depend on who takes part in each iteration ('membership'), that holds as long as
   * nothing fails.
   */
  timing(options: Options): Timing;
  /**
   * What becomes of a run after each kind of fault, and after a crash in that setting, which strikes once, in the middle
   * of the run; of those who may be struck, the one that fares worst.
   */
  survives(options: Options, crash: CrashSetting): Survivals;
  /**
   * The sequential run of the same work that ends with the same weights bit for bit, as options of a protocol: its
   * oracle. Null where there is none.
   */
  reference(options: Options, nodes: number): { readonly kind: string } | null;
  /**
   * How often all nodes together hold the whole model with its gradients, at least: what exceeds all memory is
   * refused at once. Left out: once.
   */
  copies?(options: Options, nodes: number): number;
  /**
   * How many samples of a batch its passes take at once, where there are nodes for it. Left out: those of a
   * micro-batch.
   */
  passSamples?(batch: number, options: Options, nodes: number): readonly number[];
  /** How it is fuzzed, from the `fuzz.ts` of its folder; left out: not at all. */
  readonly fuzz?: FuzzProfile;
  /** What a run is called where its author gives no label, such as 'ps/ssp-3/4-servers'. Left out: its kind. */
  label?(options: Options): string;
  /** The same options with all that follows from the work filled in. Left out: nothing does. */
  fitted?(options: Options, work: () => WatchedWork): Options;
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
