/**
 * What remains when no server remembers anything (PROTOCOLS C and D): a server that has come back with nothing hears
 * from the others how things were, and if it was the head of the newest view, and all servers of that view have lost
 * their memory, goes back to the last checkpoint. Waits as long as one of them is not known to have forgotten: it may
 * be cut off, and hold all.
 */
import type { NodeId, World } from '../../../engine/world.ts';
import { type LostNote, NOTES } from '../../spec/notes.ts';
import type { CheckpointKeeper } from '../../replication/checkpoint-keeper.ts';
import type { Acceptor } from './acceptor.ts';
import type { ReplicaState } from './replica.ts';
import type { NodeReport } from './resilient-messages.ts';
import { othersThan, type ResilientSettings } from './resilient-settings.ts';
import { hasQuorum, initialView, type ServerView } from './view.ts';

export class Restart {
  /** True while the last checkpoint is read. */
  isLoading = false;
  /** What nodes have told of themselves. */
  readonly told = new Map<NodeId, NodeReport>();

  constructor(
    private readonly world: World,
    private readonly settings: ResilientSettings,
    private readonly acceptor: Acceptor,
    private readonly keeper: CheckpointKeeper<ReplicaState>,
  ) {}

  /** A node tells of itself; where that leaves no doubt that all is lost, begins to read the last checkpoint. */
  hear(from: NodeId, report: NodeReport): void {
    const { world, acceptor, settings } = this;
    this.told.set(from, report);
    acceptor.learn(report.view, report.settled);
    // Where no node at all remembers anything, the first view is as good as any.
    if (acceptor.view === null && this.told.size === settings.nodes - 1) {
      const first = initialView(settings.nodes, settings.workers);
      acceptor.learn(first, first);
    }
    const { view } = acceptor;
    if (this.isLoading || view === null || !this.isLost(view)) return;
    const servers = view.chain.length === 1 ? 'the only server' : 'every server';
    const why = `${servers} has lost its memory`;
    const lost: LostNote = { parameters: [[0, settings.costs.parameters]], why };
    world.note(NOTES.lost, lost);
    if (settings.checkpoint === null)
      return world.giveUp(
        `the weights are lost: ${why}, and the scenario has no checkpoints to go on from`,
      );
    this.isLoading = true;
    this.keeper.load();
  }

  /**
   * Something was read. Returns the state to go on from; 'initial' where nothing was ever saved, so that the weights of
   * the seed are all there is; null while there is more to read.
   */
  loaded(name: string, value: object | null): ReplicaState | 'initial' | null {
    if (!this.isLoading) return null;
    const found = this.keeper.loaded(name, value);
    if (found === null) return null;
    this.isLoading = false;
    return found === 'nothing' ? 'initial' : found;
  }

  /** Who could let this server in, or tell it that all is lost. */
  waitsFor(): string {
    const { view } = this.acceptor;
    const { self } = this.world;
    const missing =
      view === null
        ? othersThan(self, this.settings.nodes).filter((node) => !this.told.has(node))
        : view.chain.filter((server) => server !== self && !this.hasForgotten(view, server));
    if (missing.length === 0) return 'a majority of the nodes';
    const what = view === null ? 'to tell what there was' : 'who may remember the weights';
    return `node${missing.length === 1 ? '' : 's'} ${missing.join(', ')}, ${what}`;
  }

  /** Says how much is done again, going on from that many updates. */
  tellRedone(updates: number): void {
    const { training, mode, workers } = this.settings;
    const versions = [...this.told.values()].map(({ version }) => version);
    const perUpdate = training.batch / (mode === 'bsp' ? 1 : workers);
    const samples = Math.round((Math.max(updates, ...versions) - updates) * perUpdate);
    if (samples > 0) this.world.note(NOTES.redone, samples);
  }

  forget(): void {
    this.isLoading = false;
    this.told.clear();
  }

  private isLost(view: ServerView): boolean {
    const { self, incarnation } = this.world;
    if (view.chain[0] !== self) return false;
    const heard = new Map<NodeId, number>([[self, incarnation]]);
    for (const [node, { life }] of this.told) heard.set(node, life);
    return view.chain.every((one) => this.hasForgotten(view, one)) && hasQuorum(view, heard);
  }

  private hasForgotten(view: ServerView, server: NodeId): boolean {
    const { self, incarnation } = this.world;
    if (server === self) return incarnation > view.lives[server];
    const report = this.told.get(server);
    if (report === undefined) return false;
    // The one that was to bring the view about may have died before it could hand over any state.
    return report.life > view.lives[server] || report.joining;
  }
}
