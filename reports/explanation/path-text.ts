/** What an iteration's critical path is made of, in a few lines for a terminal. */
import { formatSeconds, formatShare } from '../../engine/format.ts';
import type { ReportInput } from '../report-input.ts';
import { resourceText } from './cause-names.ts';

const SHOWN = 6;

/** A paragraph a run whose iterations were followed; empty where none was. */
export function pathText(runs: readonly ReportInput[]): string {
  return runs.flatMap(paragraph).join('\n\n');
}

function paragraph({ explanation, topology, scenario }: ReportInput): string[] {
  const path = explanation?.path;
  if (!path || path.iterations === 0) return [];
  const lines = path.resources.slice(0, SHOWN).map((each) => {
    const share = formatShare(each.ns / path.iterationNs).padStart(7);
    return `  ${share}  ${formatSeconds(each.ns / 1e9)}  ${resourceText(each, topology)}`;
  });
  const length = formatSeconds(path.iterationNs / 1e9);
  return [
    `${scenario.label}: an iteration takes ${length}; made infinitely fast, each would save at most\n` +
      lines.join('\n'),
  ];
}
