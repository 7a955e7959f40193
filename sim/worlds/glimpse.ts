/** Computes the few figures that a screen shows from the accounts of a run, finished or not. It only reads. */
import type { Topology } from '../../engine/network/topology.ts';
import { NODE_STATES, type NodeState } from '../../engine/node-states.ts';
import { largest } from '../../reports/ordering.ts';
import type { LinksGlimpse, RoleShares } from '../progress.ts';

const SHOWN_LINKS = 3;
const LINK_STRETCHES = 48;
/** How many event log lines a screen is given. */
export const EVENTS_SHOWN = 100;

/** The time accounts of a run. */
export interface TimeAccounts {
  /** Writes the nanoseconds that a node has spent in each of the NODE_STATES so far into as many places. */
  readTimes(node: number, into: Float64Array): void;
}

/** Mean share of each state over the nodes of each role, in the order the roles first appear. */
export function roleShares(
  accounts: TimeAccounts,
  roles: readonly string[],
  timeNs: number,
): RoleShares[] {
  const sums = new Map<string, { count: number; times: Float64Array }>();
  const times = new Float64Array(NODE_STATES.length);
  for (const [node, role] of roles.entries()) {
    let sum = sums.get(role);
    if (!sum) sums.set(role, (sum = { count: 0, times: new Float64Array(NODE_STATES.length) }));
    accounts.readTimes(node, times);
    for (let state = 0; state < times.length; state++) sum.times[state] += times[state];
    sum.count++;
  }
  return [...sums].map(([role, sum]) => {
    const whole = Math.max(1, timeNs) * sum.count;
    const share = (state: NodeState) => sum.times[NODE_STATES.indexOf(state)] / whole;
    return {
      role,
      busy: share('busy'),
      redo: share('redo'),
      comm: share('comm'),
      idle: share('idle'),
      down: share('down'),
    };
  });
}

/** The busiest links, and the use of all of them, as fractions of the time so far. `busyNs` is by link. */
export function linksGlimpse(
  topology: Pick<Topology, 'link'>,
  busyNs: Float64Array,
  timeNs: number,
): LinksGlimpse {
  const lengthNs = Math.max(1, timeNs);
  const count = busyNs.length;
  const stretches = Math.min(LINK_STRETCHES, count);
  const levels = new Array<number>(stretches).fill(0);
  for (let link = 0; link < count; link++) {
    const stretch = Math.floor((link * stretches) / count);
    levels[stretch] = Math.max(levels[stretch], busyNs[link] / lengthNs);
  }
  const busiest = largest(busyNs, SHOWN_LINKS).map((link) => ({
    id: topology.link(link).id,
    utilisation: busyNs[link] / lengthNs,
  }));
  return { count, levels, busiest };
}
