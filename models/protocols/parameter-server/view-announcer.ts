/**
 * What a new head tells the others of its view, before it is in force and once it is, and what it tells observers. Knows
 * who needs the state, and how many bytes that is.
 */
import { type HaltedNote, type LostNote, NOTES, type RecoveredNote } from '../../spec/notes.ts';
import type { NodeId, World } from '../../../engine/world.ts';
import { workersOf } from './consistency-model.ts';
import type { PrimaryRole } from './primary-role.ts';
import type * as Says from './resilient-messages.ts';
import { SMALL_BYTES, viewBytes } from './resilient-messages.ts';
import { othersThan, type ResilientSettings } from './resilient-settings.ts';
import { isForgotten, membersOf, type ServerView } from './view.ts';

export const VACANCY_ALARM = 'vacancy';

export class ViewAnnouncer {
  constructor(
    private readonly world: World,
    private readonly settings: ResilientSettings,
    private readonly primary: PrimaryRole,
  ) {}

  /**
   * Asks all members to enter the view. A standby that entered the same view as this server before, and has no less
   * than `least` updates, goes on from what it has; any other is sent the state.
   */
  install(order: {
    readonly view: ServerView;
    readonly reports: ReadonlyMap<NodeId, Says.NodeReport>;
    readonly least: number;
    readonly restart: boolean;
  }): void {
    const { view, reports, least, restart } = order;
    const { world, settings, primary } = this;
    const base = reports.get(world.self)!.view!.epoch;
    for (const node of membersOf(view)) {
      if (node === world.self) continue;
      const report = reports.get(node);
      const goesOn =
        report?.joining === false &&
        report.view!.epoch === base &&
        report.received >= least &&
        report.received <= primary.received;
      const state = node < settings.workers || goesOn ? null : primary.replica.snapshot();
      const notices = state === null ? [] : primary.untold;
      const install: Says.Install = { kind: 'install', view, state, notices, restart };
      const { vectorBytes, optimizerBytes } = settings.costs;
      const stateBytes = state === null ? 0 : vectorBytes + optimizerBytes;
      world.send(node, install, viewBytes(settings.nodes) + stateBytes);
    }
  }

  /**
   * Says that the view is in force: to its members, to those it goes on without, and to observers. `before` is the view
   * that this server has led without a break, `old` the one that was in force, `ending` are all that may have been.
   */
  proclaim(order: {
    readonly view: ServerView;
    readonly before: ServerView | null;
    readonly old: ServerView | null;
    readonly ending: readonly ServerView[];
    readonly restarted: boolean;
  }): void {
    const { view, before, old, ending, restarted } = order;
    const { world, settings, primary } = this;
    const { epoch } = view;
    for (const node of othersThan(world.self, settings.nodes)) {
      const stays = view.lives[node] >= 0;
      if (stays) world.watch(node);
      else {
        world.unwatch(node);
        world.hangUp(node);
      }
      this.answer(view, node, view.lives[node]);
    }
    const version = primary.replica.iterationOf(primary.received);
    if (restarted) for (let node = 0; node < settings.nodes; node++) world.disown(version, node);
    else if (before === null && old !== null) world.disown(version, old.chain[0]);
    const forgotten = ending.find((one) => isForgotten(one, world.self, view.lives));
    if (forgotten !== undefined && !restarted) this.tellForgotten(forgotten);
    const members = membersOf(view);
    const joined = members.filter((node) => old === null || old.lives[node] !== view.lives[node]);
    const from = restarted ? 'checkpoint' : 'replicas';
    const note: RecoveredNote = { epoch, members, joined, version, from };
    world.note(NOTES.recovered, note);
    if (this.isVacant(view)) world.wake(VACANCY_ALARM, 2 * settings.silenceNs);
    else world.cancel(VACANCY_ALARM);
  }

  /** Says so where nobody has come to compute for the view that this server serves. */
  vacancyDue(served: ServerView | null): void {
    if (served === null || !this.isVacant(served)) return;
    const reason = 'no worker is left to compute: it waits for one to return';
    this.world.note(NOTES.halted, { reason } satisfies HaltedNote);
  }

  /** Tells a node, in that life, whether the view in force has it. */
  answer(view: ServerView, node: NodeId, life: number): void {
    const { world, settings } = this;
    const stays = life >= 0 && view.lives[node] === life;
    if (stays) {
      const settled: Says.Settled = { kind: 'settled', epoch: view.epoch };
      world.send(node, settled, SMALL_BYTES);
    } else {
      const stale: Says.Stale = { kind: 'stale', view };
      world.send(node, stale, viewBytes(settings.nodes));
    }
  }

  /** Says that others may have gone on from that view, and that nobody would know. */
  private tellForgotten({ epoch }: ServerView): void {
    const why = `most of epoch ${epoch} have lost their memory, and what they may have done without server ${this.world.self}`;
    this.world.note(NOTES.lost, { parameters: [], why } satisfies LostNote);
  }

  private isVacant(view: ServerView): boolean {
    return workersOf(view, this.settings.workers).length === 0;
  }
}
