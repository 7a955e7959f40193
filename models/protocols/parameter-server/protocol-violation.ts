/** The error of an illegal edge in a state machine of the parameter server: a fault of the program, not of its user. */
import type { NodeId } from '../../../engine/world.ts';

export class ProtocolViolation extends Error {
  constructor(role: string, node: NodeId, phase: string, event: string) {
    super(`${role} ${node} in phase ${phase} cannot take ${event}`);
    this.name = 'ProtocolViolation';
  }
}
