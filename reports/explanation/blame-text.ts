/** Why the nodes of each run wait, in a few lines for a terminal: waits of one cause at one place together. */
import { formatCount, formatShare } from '../../engine/format.ts';
import type { Blame, Cause } from '../../models/observers/waiting/causes.ts';
import type { ReportInput } from '../report-input.ts';
import { CAUSE_NAMES, placeText } from './cause-names.ts';

const SHOWN = 6;

/** Where it does not matter who was upstream: all nodes of a pipeline are so in turn. */
const EVERYWHERE: readonly Cause[] = ['bubble', 'barrier', 'nothingToDo'];

/** Waits for the same reason. */
interface Group {
  readonly cause: Cause;
  readonly where: string | null;
  readonly nodes: Set<number>;
  /** The longest of them. */
  readonly longest: Blame;
  ns: number;
}

/** A paragraph a run that was explained; empty where none was. */
export function blameText(runs: readonly ReportInput[]): string {
  return runs.flatMap(paragraph).join('\n\n');
}

function paragraph({ explanation, topology, scenario }: ReportInput): string[] {
  if (!explanation) return [];
  const { blames } = explanation.waits;
  const allNs = blames.reduce((sum, { ns }) => sum + ns, 0);
  if (allNs === 0) return [`${scenario.label}: no node waits`];
  const groups = groupsOf(blames, topology).slice(0, SHOWN);
  const lines = groups.map(
    (group) => `  ${formatShare(group.ns / allNs).padStart(7)}  ${textOf(group)}`,
  );
  return [`${scenario.label}: of all waiting (blame.csv has the rest)\n${lines.join('\n')}`];
}

/** The longest first. */
function groupsOf(blames: readonly Blame[], topology: ReportInput['topology']): Group[] {
  const groups = new Map<string, Group>();
  for (const blame of blames) {
    const { cause, node, ns } = blame;
    const where = EVERYWHERE.includes(cause) ? null : placeText(blame.place, topology);
    const key = `${cause} ${where}`;
    const group = groups.get(key);
    if (group === undefined)
      groups.set(key, { cause, where, nodes: new Set([node]), longest: blame, ns });
    else {
      group.nodes.add(node);
      group.ns += ns;
    }
  }
  return [...groups.values()].sort((one, other) => other.ns - one.ns);
}

function textOf({ cause, where, nodes, longest: { node, waitedFor } }: Group): string {
  const at = where === null ? '' : ` at ${where}`;
  const whom = waitedFor === null ? '' : ` for node ${waitedFor}`;
  const who =
    nodes.size === 1
      ? `node ${node}${whom}`
      : `${formatCount(nodes.size)} nodes, most of all node ${node}${whom}`;
  return `${CAUSE_NAMES[cause]}${at} (${who})`;
}
