/** I2' of PROTOCOLS A.4: what the replica gate is there for. */
import type { NodeId } from '../../../../engine/world.ts';
import type { RecoveryPlan } from '../layout/ring-view.ts';
import type { Claim } from '../../../claims/claim.ts';
import { numberOf, type Evidence, type MessageSeen } from '../../../claims/evidence.ts';
import { ringJobs } from './lineage.ts';
import { ringViews } from './plans.ts';

/** What went to replicas, by epoch, position and step; the state that a view begins with as the step that led to it. */
function copiesOf(evidence: Evidence): Map<string, MessageSeen[]> {
  const copies = new Map<string, MessageSeen[]>();
  for (const message of evidence.messages) {
    if (message.kind !== 'REPL_GRAD' && message.kind !== 'REPL_STATE') continue;
    const { epoch, origin, iteration, version } = message.fields as Record<string, number>;
    const key = `${epoch}/${origin}/${iteration ?? version - 1}`;
    copies.set(key, [...(copies.get(key) ?? []), message]);
  }
  return copies;
}

/** The first step that replicas of a view must be given; in the first of a run they make what they begin with themselves. */
function firstStep({ source }: RecoveryPlan): number {
  return source.epoch === 0 ? source.version : source.version - 1;
}

export const replicasFollow: Claim<'copies'> = {
  name: 'replicas-follow',
  says: "I2': when a node has made step t + 1, the gradient of step t of every position has come to all its replicas",
  examines: ['copies'],
  broken(evidence, saw) {
    const asked = Number(evidence.protocol.replicas ?? 0);
    if (asked === 0) return null;
    const copies = copiesOf(evidence);
    const decided = ringViews(evidence);
    for (const { node, pass, epoch, iteration, endNs } of ringJobs(evidence)) {
      const plan = decided.get(epoch)?.plan;
      const step = iteration - 1;
      if (pass !== 'update' || plan === undefined) continue;
      if (step < firstStep(plan)) continue;
      const count = Math.min(asked, plan.view.nodes.length - 1);
      for (const position of plan.view.nodes.keys()) {
        saw('copies', count);
        const have = new Set<NodeId>();
        for (const { to, deliveredNs } of copies.get(`${epoch}/${position}/${step}`) ?? [])
          if (deliveredNs !== null && deliveredNs <= endNs) have.add(to);
        if (have.size < count)
          return `node ${node} made step ${iteration} of epoch ${epoch} at ${endNs} ns; the gradient of step ${step} of position ${position} was with ${have.size} of ${count} others`;
      }
    }
    return null;
  },
};

/** The times at which each node was given what makes its copy of a position serve a version. */
function givenNs(evidence: Evidence): Map<string, number> {
  const given = new Map<string, number>();
  for (const { kind, to, deliveredNs, fields } of evidence.messages) {
    if (deliveredNs === null || (kind !== 'REPL_GRAD' && kind !== 'REPL_STATE')) continue;
    const version =
      kind === 'REPL_GRAD' ? numberOf(fields, 'iteration') + 1 : numberOf(fields, 'version');
    const key = [fields.epoch, fields.origin, version, to].join('/');
    given.set(key, Math.min(given.get(key) ?? Infinity, deliveredNs));
  }
  return given;
}

export const ackAfterCopy: Claim<'acknowledgements'> = {
  name: 'ack-after-copy',
  says: 'a node acknowledges a copy of a position after it has been given it',
  examines: ['acknowledgements'],
  broken(evidence, saw) {
    const given = givenNs(evidence);
    for (const { kind, from, sentNs, fields } of evidence.messages) {
      if (kind !== 'REPL_ACK') continue;
      saw('acknowledgements');
      const { epoch, to: position, version } = fields;
      const atNs = given.get([epoch, position, version, from].join('/')) ?? Infinity;
      if (atNs > sentNs)
        return `node ${from} acknowledged version ${version} of position ${position} in epoch ${epoch} at ${sentNs} ns, and was given it at ${atNs} ns`;
    }
    return null;
  },
};
