/** Where two protocols cross: between which numbers of nodes the one that waits less changes. */
import type { Edge } from '../charts/heat.ts';

/** A difference of the subject's waiting from a rival's, on so many nodes of a cluster of that kind; 0 for a tie. */
export interface Difference {
  readonly nodes: number;
  readonly difference: number;
  /** Of the map: its row, and which of several it is in. */
  readonly row: string;
  readonly panel: string;
}

/** The sign changes behind `from`; `nodes` is where a straight line over the logarithm of nodes is 0. */
interface Crossing {
  readonly from: Difference;
  readonly to: Difference;
  readonly nodes: number;
}

/** Over ties, if there are some in between. */
export function crossings(differences: readonly Difference[]): Crossing[] {
  const groups = new Map<string, Difference[]>();
  for (const one of differences) {
    const key = JSON.stringify([one.panel, one.row]);
    groups.set(key, [...(groups.get(key) ?? []), one]);
  }
  return [...groups.values()].flatMap((group) => {
    const unequal = group.filter(({ difference }) => difference !== 0);
    const sorted = unequal.sort((one, other) => one.nodes - other.nodes);
    return sorted.slice(1).flatMap((to, at) => {
      const from = sorted[at];
      if (from.difference < 0 === to.difference < 0) return [];
      const part = from.difference / (from.difference - to.difference);
      const nodes = from.nodes * (to.nodes / from.nodes) ** part;
      return [{ from, to, nodes }];
    });
  });
}

/** Where lines stand in the map. */
export function edgesOf(found: readonly Crossing[]): Edge[] {
  return found.map(({ from: { nodes, row, panel } }) => ({ x: nodes, series: row, panel }));
}

/** Where they cross, and which of the two waits less on larger clusters; without a crossing, which one always does. */
export function crossingText(
  subject: string,
  rival: string,
  differences: readonly Difference[],
): string {
  const found = crossings(differences);
  if (found.length === 0) {
    return `${subject} and ${rival} cross nowhere: ${throughout(subject, rival, differences)}.`;
  }
  const worded = found.map(({ to, nodes }) => {
    const least = to.difference < 0 ? subject : rival;
    const where = [to.panel, to.row].filter(Boolean).join(', ');
    return `at about ${Math.round(nodes)} nodes (${where}; ${least} waits less beyond)`;
  });
  return `${subject} and ${rival} cross ${worded.join(', ')}.`;
}

function throughout(subject: string, rival: string, differences: readonly Difference[]): string {
  const [least, most] = [Math.min, Math.max].map((end) =>
    end(...differences.map(({ difference }) => difference)),
  );
  if (least === 0 && most === 0) return 'they wait equally long throughout';
  if (most <= 0) return `${subject} waits less, or as long, on any number of nodes`;
  if (least >= 0) return `${rival} waits less, or as long, on any number of nodes`;
  return 'on each kind of cluster one of them waits less on any number of nodes';
}
