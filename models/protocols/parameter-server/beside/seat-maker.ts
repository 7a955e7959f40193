import type { World } from '../../../../engine/world.ts';
import type { Member, OpenViews } from '../member.ts';
import type { ServerMessage } from '../messages.ts';

/** Makes what sits in `world.self`; `open` opens a membership that is shared, null: its own. */
export type SeatMaker = (world: World<ServerMessage>, open: OpenViews | null) => Member;
