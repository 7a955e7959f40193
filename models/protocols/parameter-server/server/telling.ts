/** What the servers of a shard tell observers: of iterations, of weights, and of training that goes on in a new view. */
import type { NodeId, World } from '../../../../engine/world.ts';
import type { View } from '../../../membership/view.ts';
import { type LostNote, NOTES, type RecoveredNote, type WeightsNote } from '../../../spec/notes.ts';
import type { MemberSettings } from '../member.ts';
import type { ServerPlan } from '../plan.ts';
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

/** The primary of the first shard tells of a view that is not the first of all, and of what is lost and redone in it. */
export function tellRecovered(world: World, { view, before, plan, settings }: Change): void {
  const { layout, parameters, sums, training, firstView } = settings;
  if (plan.shards[0].chain[0] !== world.self) return;
  const isWhole =
    view.members.length === firstView.members.length && view.incarnations.every((one) => one === 0);
  if (plan.from === 'seed' && isWhole) return;
  if (plan.lost !== null) {
    const ranges = plan.lost.shards.flatMap((shard) => layout.rangesOf(shard, parameters));
    const lost: LostNote = {
      parameters: ranges.map(({ low, high }) => [low, high] as const),
      why: plan.lost.why,
    };
    world.note(NOTES.lost, lost);
  }
  const perIteration = sums ? 1 : layout.workers;
  const version = Math.floor(plan.shards[0].updates / perIteration);
  const isUntold = plan.lost !== null && plan.lost.furthest < 0;
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
    ...(isUntold ? { untold: true } : {}),
  };
  world.note(NOTES.recovered, recovered);
  const again = plan.lost === null ? 0 : Math.max(0, plan.lost.furthest - plan.shards[0].updates);
  const samples = Math.round((again * training.batch) / perIteration);
  if (samples > 0) world.note(NOTES.redone, samples);
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
