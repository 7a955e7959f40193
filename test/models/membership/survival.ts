/**
 * The chance that a ring keeps all of its state (PROTOCOLS C): f of N nodes die at once, each segment has r replicas on
 * the nodes behind it, and nothing is lost unless r + 1 neighbours die. In whole numbers: no rounding.
 */

function binomial(n: number, k: number): bigint {
  if (k < 0 || k > n) return 0n;
  let product = 1n;
  for (let i = 1; i <= k; i++) product = (product * BigInt(n - k + i)) / BigInt(i);
  return product;
}

/**
 * P(no loss) = [N/(N-f) sum_j (-1)^j C(N-f, j) C(N-1-j(r+1), N-f-1)] / C(N, f), j up to f/(r+1): deaths are dealt to
 * the gaps between survivors, at most r to each, by inclusion and exclusion.
 */
export function chanceOfNoLoss(nodes: number, deaths: number, replicas: number): number {
  if (deaths === 0) return 1;
  if (deaths >= nodes) return 0;
  const alive = nodes - deaths;
  let kept = 0n;
  for (let j = 0; j * (replicas + 1) <= deaths; j++) {
    const ways = binomial(alive, j) * binomial(nodes - 1 - j * (replicas + 1), alive - 1);
    kept += j % 2 === 0 ? ways : -ways;
  }
  const scale = 1_000_000_000_000n;
  const share = (scale * BigInt(nodes) * kept) / (BigInt(alive) * binomial(nodes, deaths));
  return Number(share) / 1e12;
}

/** Whether some r + 1 of the dead are neighbours on the ring. */
export function losesState(nodes: number, dead: ReadonlySet<number>, replicas: number): boolean {
  if (dead.size === nodes) return true;
  for (const first of dead) {
    let run = 0;
    while (run <= replicas && dead.has((first + run) % nodes)) run++;
    if (run > replicas) return true;
  }
  return false;
}
