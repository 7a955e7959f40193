/**
 * Turns the faults of a scenario into rules of the engine: roles, racks and traces become node numbers, seconds
 * become integer nanoseconds. Roles belong to a protocol, so this is done for each protocol.
 */
import type {
  FaultEffect,
  FaultRule,
  FaultTarget as EngineTarget,
  FaultTiming as EngineTiming,
  WireScope,
} from '../../engine/faults/fault-rule.ts';
import type {
  FaultScope,
  FaultTarget,
  FaultTiming,
  TimedFault,
  TraceRow,
} from '../../scenarios/fault.ts';
import { nanoseconds } from '../nanoseconds.ts';
import { BadInput } from './bad-input.ts';
import { hostsAmong, range, tooMany } from './fault-consistency.ts';
import type { ResolvedCluster, ResolvedScenario } from './resolved.ts';
import { nearest, oneOf, show } from './show.ts';

/** The context of one protocol's rules. */
interface Setting {
  readonly cluster: ResolvedCluster;
  /** The protocol's label, for messages. */
  readonly label: string;
  readonly roles: readonly string[];
}

/**
 * The engine's rules for one protocol; the places in them are those of the scenario's list.
 * @param label of the protocol, for messages
 * @param roles one a node
 * @throws BadInput when no node of the protocol plays a role that is to be struck, or too few
 */
export function faultRules(
  { faults, cluster }: ResolvedScenario,
  label: string,
  roles: readonly string[],
): FaultRule[] {
  const setting = { cluster, label, roles };
  return faults.flatMap((fault, rule) =>
    'trace' in fault
      ? traceRules(fault.trace, rule)
      : {
          rule,
          timing: timingOf(fault),
          effect: effectOf(fault, `faults[${rule}]`, setting),
        },
  );
}

/** One rule for each crash, with the return that follows it, if any. */
function traceRules(rows: readonly TraceRow<number>[], rule: number): FaultRule[] {
  const rules: FaultRule[] = [];
  // From last to first, so that the next event of each node is known.
  const nextNs = new Map<number, number>();
  for (const row of rows.toReversed()) {
    const { time, node } = row;
    const atNs = momentNs(time);
    const backNs = nextNs.get(node);
    nextNs.set(node, atNs);
    if (row.event !== 'crash') continue;
    const forNs = backNs === undefined ? null : Math.max(1, backNs - atNs);
    const target: EngineTarget = { among: [node], choose: 'all', count: 1 };
    rules.push({
      rule,
      timing: { atNs },
      effect: { kind: 'crash', target, disk: row.disk, forNs },
    });
  }
  return rules.reverse();
}

function timingOf({ at, every, shape, from, until }: FaultTiming<number>): EngineTiming {
  if (every === undefined) return { atNs: momentNs(at ?? 0) };
  return {
    meanNs: lengthNs(every),
    shape: shape ?? 1,
    fromNs: momentNs(from ?? 0),
    untilNs: until === undefined ? Infinity : momentNs(until),
  };
}

/** A point in time. A time beyond the engine's clock (104 days) becomes its end, when every run is over. */
function momentNs(seconds: number): number {
  return Math.min(nanoseconds(seconds), Number.MAX_SAFE_INTEGER);
}

/** A duration, at least one nanosecond: one rounded to zero would never end, or never happen. */
function lengthNs(seconds: number): number {
  return Math.max(1, momentNs(seconds));
}

function effectOf(fault: TimedFault<number>, path: string, setting: Setting): FaultEffect {
  const forNs = fault.for === undefined ? null : lengthNs(fault.for);
  const { nodes } = setting.cluster;
  switch (fault.kind) {
    case 'crash':
      return { kind: 'crash', target: targetOf(fault, path, setting), disk: fault.disk, forNs };
    case 'pause':
      return { kind: 'pause', target: targetOf(fault, path, setting), forNs: lengthNs(fault.for) };
    case 'slow':
      return { kind: 'slow', target: targetOf(fault, path, setting), factor: fault.factor, forNs };
    case 'cut':
      return { kind: 'cut', scope: scopeOf(fault, nodes), forNs };
    case 'partition':
      return { kind: 'partition', groups: fault.groups, forNs };
    case 'degrade':
      return {
        kind: 'degrade',
        scope: scopeOf(fault, nodes),
        bandwidthFactor: fault.bandwidth ?? 1,
        latencyFactor: fault.latency ?? 1,
        forNs,
      };
    default:
      return {
        kind: fault.kind,
        scope: scopeOf(fault, nodes),
        probability: fault.probability,
        forNs,
      };
  }
}

function targetOf(target: FaultTarget, path: string, setting: Setting): EngineTarget {
  const among = amongOf(target, path, setting);
  for (const [field, choose] of [
    ['random', 'random'],
    ['neighbours', 'row'],
  ] as const) {
    const count = target[field];
    if (count === undefined) continue;
    if (count > among.length) throw new BadInput(tooMany(path, field, target, among.length));
    return { among, choose, count };
  }
  return { among, choose: 'all', count: among.length };
}

function amongOf(target: FaultTarget, path: string, { cluster, label, roles }: Setting): number[] {
  const { role } = target;
  if (role === undefined) return hostsAmong(target, cluster);
  const players = range(0, cluster.nodes).filter((node) => roles[node] === role);
  if (players.length > 0) return players;
  const known = [...new Set(roles)];
  const right = nearest(role, known);
  throw new BadInput(
    `${path}.role is ${show(role)}, which no node of ${label} plays; ` +
      `${right ? show(right) : oneOf(known)} would be right`,
  );
}

/** The wires of a fault; all of them where nothing is given. */
function scopeOf({ between, oneWay, node }: FaultScope, nodes: number): WireScope {
  if (between) return { from: [between[0]], to: [between[1]], oneWay: oneWay === true };
  const all = range(0, nodes);
  if (node === undefined) return { from: all, to: all, oneWay: false };
  return { from: [node], to: all.filter((other) => other !== node), oneWay: false };
}
