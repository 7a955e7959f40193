/** What the picture shows of a node: its time since the picture before, whatever it does at the instant of drawing. */
import fc from 'fast-check';
import t from 'tap';
import { NODE_STATES } from '../../../engine/node-states.ts';
import { TIME_FIGURES } from '../../../engine/result.ts';
import type { TimeAccounts } from '../../../sim/worlds/glimpse.ts';
import { RecentShares } from '../../../sim/worlds/recent-shares.ts';

type Times = Record<(typeof TIME_FIGURES)[number], number>;

/** The books of as many nodes. */
function reading(...nodes: Times[]): TimeAccounts {
  return {
    readTimes: (node, into) => into.set(TIME_FIGURES.map((figure) => nodes[node][figure])),
  };
}

function books(times: Partial<Times>): Times {
  return { downNs: 0, busyNs: 0, redoNs: 0, commNs: 0, idleNs: 0, ...times };
}

function sharesOf(recent: RecentShares, node: number): Record<string, number> {
  const at = NODE_STATES.length * node;
  return Object.fromEntries(NODE_STATES.map((state, code) => [state, recent.shares[at + code]]));
}

t.test('shares are those of the time since the update before, not of the whole run', async (t) => {
  const recent = new RecentShares(new Uint8Array(10));
  recent.update(reading(books({ busyNs: 1000 }), books({ idleNs: 1000 })));
  recent.update(
    reading(books({ busyNs: 1000, idleNs: 300, commNs: 100 }), books({ idleNs: 2000 })),
  );
  t.strictSame(sharesOf(recent, 0), { down: 0, busy: 0, redo: 0, comm: 64, idle: 191 });
  t.equal(sharesOf(recent, 1).idle, 255);
});

t.test('what was done at all shows, however short the time', async (t) => {
  const recent = new RecentShares(new Uint8Array(5));
  recent.update(reading(books({ busyNs: 1, idleNs: 999_999 })));
  t.strictSame(sharesOf(recent, 0), { down: 0, busy: 1, redo: 0, comm: 0, idle: 255 });
});

t.test('a node whose time has not gone on keeps what it showed', async (t) => {
  const recent = new RecentShares(new Uint8Array(5));
  recent.update(reading(books({ busyNs: 50, idleNs: 50 })));
  recent.update(reading(books({ busyNs: 50, idleNs: 50 })));
  t.equal(sharesOf(recent, 0).busy, 128);
});

t.test('before the first update, and after a new run has begun, everybody is idle', async (t) => {
  const recent = new RecentShares(new Uint8Array(5));
  t.equal(sharesOf(recent, 0).idle, 255);
  recent.update(reading(books({ busyNs: 100 })));
  recent.clear();
  t.strictSame(sharesOf(recent, 0), { down: 0, busy: 0, redo: 0, comm: 0, idle: 255 });
  recent.update(reading(books({ redoNs: 10 })));
  t.equal(sharesOf(recent, 0).redo, 255);
});

t.test('any books that grow: shares sum to the whole, within what rounding takes', async () => {
  const growth = fc.record({
    downNs: fc.nat(1e6),
    busyNs: fc.nat(1e6),
    redoNs: fc.nat(1e6),
    commNs: fc.nat(1e6),
    idleNs: fc.nat(1e6),
  });
  fc.assert(
    fc.property(fc.array(growth, { minLength: 1, maxLength: 8 }), (steps) => {
      const recent = new RecentShares(new Uint8Array(5));
      const sums = books({});
      for (const step of steps) {
        for (const name of Object.keys(step) as (keyof Times)[]) sums[name] += step[name];
        recent.update(reading({ ...sums }));
      }
      const whole = recent.shares.reduce((sum, share) => sum + share, 0);
      return Math.abs(whole - 255) <= 4;
    }),
  );
});
