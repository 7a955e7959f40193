/**
 * Max-min fair rates by the textbook: raise all rates together until a link is full, fix the rates of its flows, go on
 * (Bertsekas and Gallager, Data Networks, 6.5.2). Slow and plain: the oracle that the incremental solver is held
 * to, and the cost it is measured against. No run uses it.
 */

export interface FilledFlow {
  /** Numbers of the links of its route. */
  readonly links: readonly number[];
  /** The most it takes; no limit when left out. */
  readonly cap?: number;
}

/** The max-min fair rate of each flow, in the unit of the capacities. A flow without links gets its cap. */
export function progressiveFilling(
  capacities: readonly number[],
  flows: readonly FilledFlow[],
): number[] {
  const rates = flows.map(() => -1);
  let unfixed = flows.length;
  while (unfixed > 0) {
    const room = [...capacities];
    const sharers = capacities.map(() => 0);
    flows.forEach((flow, index) => {
      for (const link of flow.links)
        if (rates[index] < 0) sharers[link]++;
        else room[link] -= rates[index];
    });
    const level = capacities.map((_, link) => Math.max(0, room[link]) / sharers[link]);
    const reach = flows.map((flow, index) =>
      rates[index] >= 0
        ? Infinity
        : Math.min(flow.cap ?? Infinity, ...flow.links.map((link) => level[link])),
    );
    const water = reach.reduce((least, level) => Math.min(least, level), Infinity);
    flows.forEach((_, index) => {
      if (rates[index] >= 0 || reach[index] > water) return;
      rates[index] = water;
      unfixed--;
    });
  }
  return rates;
}
