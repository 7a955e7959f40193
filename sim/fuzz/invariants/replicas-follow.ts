/** I2' of PROTOCOLS A.4: what the replica gate is there for. */
import type { NodeId } from '../../../engine/world.ts';
import type { RecoveryPlan } from '../../../models/protocols/ring-tmp/ring-view.ts';
import { isRing, type Claim } from '../claim.ts';
import { numberOf, type Evidence, type Fields, type MessageSeen } from '../evidence.ts';
import { ringJobs } from '../ring-lineage.ts';
import { deliveriesOf, sendingsOf } from '../ring-messages.ts';
import { decidedViews, type Decided } from '../ring-plans.ts';

/** What went to replicas, by epoch, position and step; the state that a view begins with as the step that led to it. */
function copiesOf(evidence: Evidence): Map<string, MessageSeen[]> {
  const copies = new Map<string, MessageSeen[]>();
  for (const message of deliveriesOf(evidence)) {
    if (message.kind !== 'REPL_GRAD' && message.kind !== 'REPL_STATE') continue;
    const { epoch, origin, iteration, version } = message.fields as Record<string, number>;
    const key = `${epoch}/${origin}/${iteration ?? version - 1}`;
    copies.set(key, [...(copies.get(key) ?? []), message]);
  }
  return copies;
}

/** Replicas that a position has in a view, and those of them that had the step when the view was decided on. */
function replicasOf({ view, log }: RecoveryPlan, position: number, step: number, asked: number) {
  const have = new Set<NodeId>();
  if (log === null) return { count: Math.min(asked, view.nodes.length - 1), have };
  const { copies } = log.positions[position];
  for (const { holder, high } of copies) if (high > step) have.add(view.nodes[holder]);
  return { count: new Set(copies.map(({ holder }) => view.nodes[holder])).size, have };
}

/** The first step that replicas of a view must be given; in the first of a run they make what they begin with themselves. */
function firstStep({ log, source }: RecoveryPlan, position: number): number {
  if (log !== null) return log.positions[position].version;
  return source.epoch === 0 ? source.version : source.version - 1;
}

export const replicasFollow: Claim = {
  name: 'replicas-follow',
  says: "I2': when a node has made step t + 1, the gradient of step t of every position has come to all its replicas",
  broken(evidence) {
    if (!isRing(evidence)) return null;
    const asked = Number(evidence.protocol.replicas ?? 0);
    if (asked === 0) return null;
    const copies = copiesOf(evidence);
    const decided = decidedViews(evidence);
    for (const { node, pass, epoch, iteration, endNs } of ringJobs(evidence)) {
      const plan = decided.get(epoch)?.plan;
      const step = iteration - 1;
      if (pass !== 'update' || plan === undefined) continue;
      for (const position of plan.view.nodes.keys()) {
        if (step < firstStep(plan, position)) continue;
        const { count, have } = replicasOf(plan, position, step, asked);
        for (const { to, deliveredNs } of copies.get(`${epoch}/${position}/${step}`) ?? [])
          if (deliveredNs !== null && deliveredNs <= endNs) have.add(to);
        if (have.size < count)
          return `node ${node} made step ${iteration} of epoch ${epoch} at ${endNs} ns; the gradient of step ${step} of position ${position} was with ${have.size} of ${count} others`;
      }
    }
    return null;
  },
};

/** The epoch that the cut of the line in that one is of. */
function layoutOf(decided: Map<number, Decided>, { epoch }: Fields): unknown {
  return decided.get(epoch as number)?.plan.view.layout ?? epoch;
}

/** The times at which each node was given what makes its copy of a position serve a version. */
function givenNs(evidence: Evidence, decided: Map<number, Decided>): Map<string, number> {
  const given = new Map<string, number>();
  for (const { kind, to, deliveredNs, fields } of deliveriesOf(evidence)) {
    if (deliveredNs === null || (kind !== 'REPL_GRAD' && kind !== 'REPL_STATE')) continue;
    const version =
      kind === 'REPL_GRAD' ? numberOf(fields, 'iteration') + 1 : numberOf(fields, 'version');
    const key = `${layoutOf(decided, fields)}/${fields.origin}/${version}/${to}`;
    given.set(key, Math.min(given.get(key) ?? Infinity, deliveredNs));
  }
  return given;
}

export const ackAfterCopy: Claim = {
  name: 'ack-after-copy',
  says: 'a node acknowledges a copy of a position after it has been given it',
  broken(evidence) {
    if (!isRing(evidence)) return null;
    const decided = decidedViews(evidence);
    const given = givenNs(evidence, decided);
    for (const { kind, from, sentNs, fields } of sendingsOf(evidence)) {
      if (kind !== 'REPL_ACK') continue;
      const { epoch, to: position, version } = fields;
      const atNs =
        given.get(`${layoutOf(decided, fields)}/${position}/${version}/${from}`) ?? Infinity;
      if (atNs > sentNs)
        return `node ${from} acknowledged version ${version} of position ${position} in epoch ${epoch} at ${sentNs} ns, and was given it at ${atNs} ns`;
    }
    return null;
  },
};
