/** Cuts the model for a design, and says what each stage costs. All hosts are known: no node measures. */
import { lineOf } from '../costs/cost-line.ts';
import { emptyRecords, measure, type NodeRecord, writeRecord } from '../costs/node-records.ts';
import { UNPROTECTED } from '../replication/safety.ts';
import type { Assignment } from '../spec/assignment.ts';
import { refuseTooLittleMemory, refuseWrongStages } from './checks.ts';
import type { Design } from './design.ts';
import { cutLine, sharesOf } from './layout.ts';
import type { PipelineLayout } from './pipeline-node.ts';
import type { Recompute } from './recompute.ts';
import { stagesByNode } from './placement.ts';
import { PipelineWork } from './stage/work.ts';
import { UNBOUNDED } from './window.ts';

/** @throws ScenarioError if there are more stages than blocks, or if the model exceeds all memory */
export function pipelineSite(assignment: Assignment, { ranks }: Design, recompute: Recompute) {
  const line = lineOf(assignment.model, ranks.length);
  refuseWrongStages(line, ranks.length, assignment.hosts.length);
  const work = new PipelineWork(assignment, line, UNPROTECTED, recompute);
  refuseTooLittleMemory(work);
  return { work, layout: layoutOf(work, ranks) };
}

function layoutOf(work: PipelineWork, nodes: readonly number[]): PipelineLayout {
  const { assignment, line, safety, recompute, training } = work;
  const records = emptyRecords(nodes.length);
  const chunks = Math.ceil(nodes.length / assignment.hosts.length);
  for (const [stage, node] of nodes.entries())
    writeRecord(records, stage, shareOf(measure(assignment, node, nodes[stage + 1]), chunks));
  const terms = { line, training, safety, window: { win: 'memory', recompute } } as const;
  const bounds = cutLine(terms, records);
  const shares = sharesOf(terms, records, bounds).map(({ costs }) => ({
    costs,
    window: UNBOUNDED,
  }));
  const placement = { epoch: 0, nodes, bounds };
  return { placement, shares, stagesByNode: stagesByNode(placement) };
}

/** What one of a host's chunks may take of its memory. */
function shareOf(record: NodeRecord, chunks: number): NodeRecord {
  return { ...record, memoryBytes: record.memoryBytes / chunks };
}
