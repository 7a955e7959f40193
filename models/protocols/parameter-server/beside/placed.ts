/** The logic of each node: of its only seat, or of several beside each other. */
import type { Node, World } from '../../../../engine/world.ts';
import type { MemberSettings } from '../member.ts';
import type { ServerMessage } from '../messages.ts';
import type { SeatMaker } from './seat-maker.ts';
import { Seating } from './seating.ts';
import { ServingWorker } from './serving-worker.ts';

export function placed(
  settings: Pick<MemberSettings, 'layout' | 'detector'>,
  make: SeatMaker,
): (world: World) => Node {
  const { layout } = settings;
  if (!layout.isBeside) return (world) => make(world as World<ServerMessage>, null);
  const seating = new Seating(layout);
  return (world) => new ServingWorker(world, settings, seating, make);
}
