/** A fault log with the calls of a world and its nodes, in milliseconds, for plays written by hand or at random. */
import type { FaultEffect, FaultKind, InjectedFault } from '../../../engine/faults/fault-rule.ts';
import { starTopology } from '../../../engine/network/star.ts';
import { FaultLog, type FaultLogOptions } from '../../../models/observers/fault-log.ts';
import type { FaultAccount } from '../../../models/observers/fault-record.ts';
import { HEALTHS } from '../../../models/observers/health.ts';
import type { RecoveredNote } from '../../../models/spec/notes.ts';

export const NODES = 8;
export const MS = 1e6;

/** An iteration has 10 samples. */
export class Play {
  readonly health = new Uint8Array(NODES);
  readonly log: FaultLog;
  private accounts = 0;

  constructor(options: Partial<FaultLogOptions> = {}) {
    const topology = starTopology(NODES, 1e9, 1000);
    this.log = new FaultLog({ topology, silenceNs: 5 * MS, health: this.health, ...options });
  }

  strike(ms: number, kind: FaultKind, nodes: number[], endMs: number | null = null): InjectedFault {
    const endNs = endMs === null ? null : endMs * MS;
    const strike = { number: this.accounts++, rule: 0, kind, nodes, timeNs: ms * MS, endNs };
    this.log.faultBegan(strike, effectOn(kind, nodes));
    return strike;
  }

  end(strike: InjectedFault): void {
    this.log.faultEnded(strike, strike.endNs!);
  }

  note(ms: number, node: number, name: string, value: number | object): void {
    this.log.noted(node, ms * MS, name, value);
  }

  iteration(ms: number, iteration: number): void {
    this.note(ms, 0, 'iteration', { iteration, samples: 10 * (iteration + 1), loss: 1 });
  }

  suspect(ms: number, node: number, peer: number): void {
    this.log.peerSuspected(node, peer, 'silent', ms * MS);
    this.note(ms, node, 'suspected', { peer });
  }

  recover(ms: number, members: number[], joined: number[] = [], given = {}): void {
    const note: RecoveredNote = {
      epoch: 1,
      members,
      joined,
      version: 3,
      from: 'replicas',
      ...given,
    };
    this.note(ms, 0, 'recovered', note);
  }

  lose(ms: number, from: number, to: number): void {
    this.log.messageLost(from, to, { kind: 'FWD' }, ms * MS);
  }

  get records(): FaultAccount[] {
    return this.log.record().accounts;
  }

  texts(): string[] {
    return this.log.record().events.map(({ timeNs, text }) => `${timeNs / MS} ${text}`);
  }

  wellness(): string[] {
    return [...this.health].map((code) => HEALTHS[code]);
  }
}

/** What a fault of that kind does to those nodes: to all they send and receive, if it is one of wires. */
function effectOn(kind: FaultKind, nodes: readonly number[]): FaultEffect {
  const target = { among: nodes, choose: 'all', count: nodes.length } as const;
  const scope = { from: nodes, to: without(), oneWay: false };
  if (kind === 'crash') return { kind, target, forNs: null };
  if (kind === 'pause') return { kind, target, forNs: 1 };
  if (kind === 'slow') return { kind, target, factor: 2, forNs: null };
  if (kind === 'partition') return { kind, groups: [nodes], forNs: null };
  if (kind === 'cut') return { kind, scope, forNs: null };
  if (kind === 'degrade')
    return { kind, scope, bandwidthFactor: 0.5, latencyFactor: 2, forNs: null };
  return { kind, scope, probability: 0.5, forNs: null };
}

/** All nodes but those. */
export const without = (...gone: number[]): number[] =>
  [0, 1, 2, 3, 4, 5, 6, 7].filter((node) => !gone.includes(node));
