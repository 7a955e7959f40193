/** From the books of a run, finished or not, to the few figures a screen shows. Reads, never changes. */
import type { LinkUse, NodeAccount } from '../../engine/result.ts';
import type { LinksGlimpse, RoleShares } from '../progress.ts';

const SHOWN_LINKS = 3;
const LINK_STRETCHES = 48;
/** The last lines of the event log that a screen is given. */
export const EVENTS_SHOWN = 100;

/** Mean share of each state over the nodes of each role, in the order the roles first appear. */
export function roleShares(
  accounts: readonly NodeAccount[],
  roles: readonly string[],
  timeNs: number,
): RoleShares[] {
  const sums = new Map<string, RoleShares & { count: number }>();
  for (const account of accounts) {
    const role = roles[account.node];
    const sum = sums.get(role) ?? { role, busy: 0, redo: 0, comm: 0, idle: 0, down: 0, count: 0 };
    sum.busy += account.busyNs;
    sum.redo += account.redoNs;
    sum.comm += account.commNs;
    sum.idle += account.idleNs;
    sum.down += account.downNs;
    sum.count++;
    sums.set(role, sum);
  }
  return [...sums.values()].map(({ role, busy, redo, comm, idle, down, count }) => {
    const whole = Math.max(1, timeNs) * count;
    return {
      role,
      busy: busy / whole,
      redo: redo / whole,
      comm: comm / whole,
      idle: idle / whole,
      down: down / whole,
    };
  });
}

/** The busiest links, and how all of them fare, as fractions of the time so far. */
export function linksGlimpse(links: readonly LinkUse[], timeNs: number): LinksGlimpse {
  const lengthNs = Math.max(1, timeNs);
  const stretches = Math.min(LINK_STRETCHES, links.length);
  const levels = new Array<number>(stretches).fill(0);
  const busiest: LinkUse[] = [];
  for (const [index, link] of links.entries()) {
    const stretch = Math.floor((index * stretches) / links.length);
    levels[stretch] = Math.max(levels[stretch], link.busyNs / lengthNs);
    if (busiest.length === SHOWN_LINKS && link.busyNs <= busiest[SHOWN_LINKS - 1].busyNs) continue;
    busiest.push(link);
    busiest.sort((one, other) => other.busyNs - one.busyNs);
    if (busiest.length > SHOWN_LINKS) busiest.pop();
  }
  return {
    count: links.length,
    levels,
    busiest: busiest.map(({ id, busyNs }) => ({ id, utilisation: busyNs / lengthNs })),
  };
}
