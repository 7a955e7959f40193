/**
 * Which gradient each update of a parameter server was made of, as its jobs and messages tell it: a server's own updates
 * since it last began anew, on top of those of whoever gave it its state. Asynchronous parallel only: there every update
 * is one gradient.
 */
import { numberOf, type Evidence, type MessageSeen } from '../../../claims/evidence.ts';

/** By the number of the update, the gradient that it applied, as `clock/share`; what was lost is left out. */
export type Lineage = ReadonlyMap<number, string>;

/** A state that a server took over from another. */
export interface Handover {
  readonly from: number;
  readonly sentNs: number;
  readonly takenNs: number;
  /** Updates in the state. */
  readonly steps: number;
}

const epochOf = ({ fields }: MessageSeen): number =>
  numberOf(fields.view as Record<string, unknown>, 'epoch');

/** The states that a server took over, in order of time: it says that it has entered a view once it has taken its state. */
export function handoversOf({ messages }: Pick<Evidence, 'messages'>, server: number): Handover[] {
  const entered = messages.filter(({ kind, from }) => kind === 'installed' && from === server);
  return entered.flatMap(({ to, fields, sentNs: takenNs }) => {
    const given = messages.find(
      (message) =>
        message.kind === 'install' &&
        message.from === to &&
        message.to === server &&
        epochOf(message) === fields.epoch,
    );
    const state = given?.fields.state as Record<string, unknown> | null | undefined;
    if (given === undefined || state === null || state === undefined) return [];
    return [{ from: to, sentNs: given.sentNs, takenNs, steps: numberOf(state, 'steps') }];
  });
}

/** The lineage of a server at that time, up to the first `steps` updates. */
export function lineageOf(
  evidence: Evidence,
  server: number,
  timeNs: number,
  steps = Infinity,
): Lineage {
  const handover = handoversOf(evidence, server).findLast(({ takenNs }) => takenNs <= timeNs);
  const lineage =
    handover === undefined
      ? new Map<number, string>()
      : new Map(lineageOf(evidence, handover.from, handover.sentNs, handover.steps));
  const freshNs = handover?.takenNs ?? 0;
  for (const { node, startNs, endNs, fields } of evidence.jobs) {
    const number = numberOf(fields, 'version');
    const isOwn = node === server && fields.pass === 'update' && number < steps;
    if (isOwn && startNs >= freshNs && endNs <= timeNs)
      lineage.set(number, `${numberOf(fields, 'iteration')}/${numberOf(fields, 'worker')}`);
  }
  return lineage;
}
