/** What the servers of a shard tell observers: of iterations, of weights, and of training that goes on in a new view. */
import type { NodeId, World } from '../../../../engine/world.ts';
import type { View } from '../../../membership/view.ts';
import { type LostNote, NOTES, type RecoveredNote, type WeightsNote } from '../../../spec/notes.ts';
import type { MemberSettings } from '../member.ts';
import type { Loss, ServerPlan } from '../plan.ts';
import type { CommitNotice } from '../shard/shard-log.ts';

type TellingSettings = MemberSettings & { readonly shard: number };

/** Of an iteration the first shard tells, of weights each. */
export function tellCommitted(
  world: World,
  { note, weights }: CommitNotice,
  epoch: number,
  settings: TellingSettings,
): void {
  if (settings.shard === 0) world.note(NOTES.iteration, epoch === 0 ? note : { ...note, epoch });
  if (weights !== null)
    tellWeights(world, { version: note.iteration + 1, values: weights, epoch }, settings);
}

/** Its part of the weights, run by run. */
export function tellWeights(
  world: World,
  { version, values, epoch }: Omit<WeightsNote, 'offset'>,
  { shard, layout, parameters }: TellingSettings,
): void {
  for (const [offset, run] of layout.runsOf(values, shard, parameters))
    world.note(NOTES.weights, { version, offset, values: run, ...(epoch === 0 ? {} : { epoch }) });
}

interface Change {
  readonly view: View;
  readonly before: View;
  readonly plan: ServerPlan;
  readonly settings: MemberSettings;
}

/**
 * Every server tells of what is lost as a view begins, since any of them may be the only one that brings its state to the
 * next; the primary of the first shard, of a view that is not the first of all.
 */
export function tellBegun(world: World, change: Change): void {
  const { view, before, plan, settings } = change;
  const { layout, sums, firstView } = settings;
  const version = Math.floor(plan.shards[0].updates / (sums ? 1 : layout.workers));
  if (plan.lost !== null) tellLost(world, change, plan.lost, version);
  if (plan.shards[0].chain[0] !== world.self) return;
  const isWhole =
    view.members.length === firstView.members.length && view.incarnations.every((one) => one === 0);
  if (plan.from === 'seed' && isWhole) return;
  const recovered: RecoveredNote = {
    epoch: view.epoch,
    members: layout.nodesOf(view.members),
    joined: layout.nodesOf(
      view.members.filter(
        (member) => !before.members.includes(member) || view.joined.includes(member),
      ),
    ),
    version,
    from: plan.from === 'checkpoint' ? 'checkpoint' : 'replicas',
  };
  world.note(NOTES.recovered, recovered);
}

function tellLost(
  world: World,
  { view, plan, settings }: Change,
  { shards, why, furthest }: Loss,
  version: number,
): void {
  const { layout, parameters, sums, training } = settings;
  const ranges = shards.flatMap((shard) => layout.rangesOf(shard, parameters));
  const again = Math.max(0, furthest - plan.shards[0].updates);
  const perIteration = sums ? 1 : layout.workers;
  world.note(NOTES.lost, {
    parameters: ranges.map(({ low, high }) => [low, high] as const),
    why,
    view: {
      epoch: view.epoch,
      version,
      isRestart: plan.from === 'checkpoint',
      again: furthest < 0 ? null : Math.round((again * training.batch) / perIteration),
    },
  } satisfies LostNote);
}

/** The primary of the first shard tells who takes part in a view that stays as it is: `joined` are heard again. */
export function tellPresent(
  world: World,
  { epoch }: View,
  members: readonly NodeId[],
  joined: readonly NodeId[],
  version: number,
): void {
  const common = { version, from: 'replicas', viewStays: true } as const;
  const present: RecoveredNote = { epoch, members, joined, ...common };
  world.note(NOTES.recovered, present);
}
