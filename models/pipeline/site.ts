/** Cuts the model for a design, and says what each stage costs. All hosts are known: no node measures. */
import { lineOf } from '../costs/cost-line.ts';
import { emptyRecords, measure, slowest, writeRecord } from '../costs/node-records.ts';
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

/** What the nodes of all copies of a pipeline share. */
export interface PipelineSite {
  readonly work: PipelineWork;
  readonly layout: PipelineLayout;
}

/**
 * The site of so many copies, which are cut alike.
 * @throws ScenarioError if there are more stages than blocks, or if the model exceeds all memory
 */
export function pipelineSite(
  assignment: Assignment,
  { ranks }: Design,
  recompute: Recompute,
  copies: number,
): PipelineSite {
  const line = lineOf(assignment.model, ranks.length);
  const apart = assignment.hosts.length / copies;
  refuseWrongStages(line, ranks.length, apart);
  const work = new PipelineWork(assignment, line, UNPROTECTED, recompute, copies);
  refuseTooLittleMemory(work);
  const { bounds, shares } = cut(work, ranks);
  const all = Array.from({ length: copies }, (_, copy) => ranks.map((rank) => copy * apart + rank));
  const placement = { epoch: 0, nodes: all.flat(), bounds };
  return { work, layout: { placement, shares, stagesByNode: stagesByNode(placement) } };
}

/** Where the line is cut, and what each stage costs. All copies wait for the slowest host of a stage. */
function cut(work: PipelineWork, ranks: readonly number[]) {
  const { assignment, line, safety, recompute, training, copies, mode } = work;
  const records = emptyRecords(ranks.length);
  const apart = assignment.hosts.length / copies;
  const chunks = Math.ceil(ranks.length / apart);
  for (const [stage, rank] of ranks.entries()) {
    const behind = ranks.at(stage + 1);
    const all = Array.from({ length: copies }, (_, copy) => {
      const first = copy * apart;
      return measure(assignment, first + rank, behind === undefined ? behind : first + behind);
    });
    const least = slowest(all);
    writeRecord(records, stage, { ...least, memoryBytes: least.memoryBytes / chunks });
  }
  const terms = { line, training, safety, mode, window: { window: 'memory', recompute } } as const;
  const bounds = cutLine(terms, records);
  const shares = sharesOf(terms, records, bounds).map(({ costs }) => ({
    costs,
    window: UNBOUNDED,
  }));
  return { bounds, shares };
}
