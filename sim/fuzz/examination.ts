/**
 * Counts what the claims have looked at over all seeds of a campaign. A claim that looks at nothing always holds, so
 * a large enough campaign fails where one has looked at nothing.
 */
import { formatCounted } from '../../engine/format.ts';
import type { Claim } from '../../models/claims/claim.ts';
import { CLAIMS, type Examined } from './claims.ts';

/** This many seeds of protocols that a claim applies to contain some of everything it looks at. */
export const SEEDS_ENOUGH = 400;

export class Examination {
  private readonly claims: readonly Claim[];
  private readonly counts = new Map<string, Map<string, number>>();
  /** Seeds of protocols that each claim applies to. */
  private readonly seeds = new Map<string, number>();

  constructor(claims: readonly Claim[] = CLAIMS) {
    this.claims = claims;
    for (const { name, examines } of claims)
      this.counts.set(name, new Map(examines.map((thing) => [thing, 0])));
  }

  /** A seed has been judged by all claims that apply to its protocol. */
  add(examined: Examined): void {
    for (const [claim, things] of Object.entries(examined)) {
      this.seeds.set(claim, (this.seeds.get(claim) ?? 0) + 1);
      const counts = this.counts.get(claim)!;
      for (const [thing, count] of Object.entries(things))
        counts.set(thing, (counts.get(thing) ?? 0) + count);
    }
  }

  /** One line for each claim that applied to some seed: what it has looked at. */
  get lines(): string[] {
    return this.claims
      .filter((claim) => this.seedsOf(claim) > 0)
      .map((claim) => {
        const counts = [...this.counts.get(claim.name)!];
        const things = counts.map(([thing, count]) => `${count.toLocaleString('en')} ${thing}`);
        return `${claim.name.padEnd(20)} looked at ${things.join(', ')} in ${formatCounted(this.seedsOf(claim), 'seed')}`;
      });
  }

  /** A sentence for each kind of thing that a claim should have looked at by now, and has not. */
  get idle(): string[] {
    return this.claims.flatMap((claim) => {
      const seeds = this.seedsOf(claim);
      if (seeds < SEEDS_ENOUGH) return [];
      return [...this.counts.get(claim.name)!].flatMap(([thing, count]) =>
        count > 0
          ? []
          : `${claim.name} has looked at no ${thing} in ${seeds} seeds, of which ${SEEDS_ENOUGH} should hold some: ` +
            'it looks for the wrong thing, or nothing of the kind is drawn any more',
      );
    });
  }

  private seedsOf({ name }: Claim): number {
    return this.seeds.get(name) ?? 0;
  }
}
