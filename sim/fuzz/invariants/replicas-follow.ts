/** I2' of PROTOCOLS A.4: what the replica gate is there for. */
import { isRing, type Claim } from '../claim.ts';
import { numberOf, type Evidence, type MessageSeen } from '../evidence.ts';
import { deliveriesOf, sendingsOf } from '../ring-messages.ts';
import { epochsOf, ringJobs, type Epoch } from '../ring-lineage.ts';

/** When the gradient of a position's step had come to as many nodes as keep a copy; Infinity: never. */
function copiedNs(copies: readonly MessageSeen[], replicas: number): number {
  const first = new Map<number, number>();
  for (const { to, deliveredNs } of copies)
    if (deliveredNs !== null && !first.has(to)) first.set(to, deliveredNs);
  const times = [...first.values()].sort((one, other) => one - other);
  return times[replicas - 1] ?? Infinity;
}

/** The gradients that went to replicas, by epoch, position and step. */
function copiesOf(evidence: Evidence): Map<string, MessageSeen[]> {
  const copies = new Map<string, MessageSeen[]>();
  for (const message of deliveriesOf(evidence)) {
    if (message.kind !== 'REPL_GRAD') continue;
    const { epoch, origin, iteration } = message.fields as Record<string, number>;
    const key = `${epoch}/${origin}/${iteration}`;
    copies.set(key, [...(copies.get(key) ?? []), message]);
  }
  return copies;
}

export const replicasFollow: Claim = {
  name: 'replicas-follow',
  says: "I2': when a node has made step t + 1, the gradient of step t of every position has come to all its replicas",
  broken(evidence) {
    if (!isRing(evidence)) return null;
    const asked = Number(evidence.protocol.replicas ?? 0);
    if (asked === 0) return null;
    const copies = copiesOf(evidence);
    const epochs = new Map<number, Epoch>(epochsOf(evidence).map((one) => [one.epoch, one]));
    for (const { node, pass, epoch: number, iteration, endNs } of ringJobs(evidence)) {
      const epoch = epochs.get(number);
      if (pass !== 'update' || epoch === undefined || iteration - 1 < epoch.version) continue;
      const members = epoch.members.length;
      const replicas = Math.min(asked, members - 1);
      if (replicas === 0) continue;
      for (let position = 0; position < members; position++) {
        const key = `${number}/${position}/${iteration - 1}`;
        const atNs = copiedNs(copies.get(key) ?? [], replicas);
        if (atNs > endNs)
          return `node ${node} made step ${iteration} of epoch ${number} at ${endNs} ns; the gradient of step ${iteration - 1} of position ${position} was with ${replicas} others at ${atNs} ns`;
      }
    }
    return null;
  },
};

/** The times at which each node was given what makes its copy of a position serve a version. */
function givenNs(evidence: Evidence): Map<string, number> {
  const given = new Map<string, number>();
  for (const { kind, to, deliveredNs, fields } of deliveriesOf(evidence)) {
    if (deliveredNs === null || (kind !== 'REPL_GRAD' && kind !== 'REPL_STATE')) continue;
    const version =
      kind === 'REPL_GRAD' ? numberOf(fields, 'iteration') + 1 : numberOf(fields, 'version');
    const key = `${fields.epoch}/${fields.origin}/${version}/${to}`;
    given.set(key, Math.min(given.get(key) ?? Infinity, deliveredNs));
  }
  return given;
}

export const ackAfterCopy: Claim = {
  name: 'ack-after-copy',
  says: 'a node acknowledges a copy of a position after it has been given it',
  broken(evidence) {
    if (!isRing(evidence)) return null;
    const given = givenNs(evidence);
    for (const { kind, from, sentNs, fields } of sendingsOf(evidence)) {
      if (kind !== 'REPL_ACK') continue;
      const { epoch, to: position, version } = fields;
      const atNs = given.get(`${epoch}/${position}/${version}/${from}`) ?? Infinity;
      if (atNs > sentNs)
        return `node ${from} acknowledged version ${version} of position ${position} in epoch ${epoch} at ${sentNs} ns, and was given it at ${atNs} ns`;
    }
    return null;
  },
};
