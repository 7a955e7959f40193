/** Cuts the model for a design, and says what each stage costs. All hosts are known: no node measures. */
import { lineOf } from '../costs/cost-line.ts';
import { emptyRecords, measure, type NodeRecord, writeRecord } from '../costs/node-records.ts';
import { UNPROTECTED } from '../replication/safety.ts';
import type { Assignment } from '../spec/assignment.ts';
import { refuseTooLittleMemory, refuseWrongStages } from './checks.ts';
import type { Design } from './design.ts';
import type { Copy } from './copy.ts';
import { cutLine, sharesOf } from './layout.ts';
import type { PipelineLayout } from './pipeline-node.ts';
import type { Recompute } from './recompute.ts';
import { stagesByNode } from './placement.ts';
import { PipelineWork } from './stage/work.ts';
import { UNBOUNDED } from './window.ts';

/** What the nodes of one copy of a pipeline share. */
export interface CopySite {
  readonly work: PipelineWork;
  readonly layout: PipelineLayout;
}

/**
 * The sites of all copies, which are cut alike.
 * @throws ScenarioError if there are more stages than blocks, or if the model exceeds all memory
 */
export function pipelineSites(
  assignment: Assignment,
  { ranks }: Design,
  recompute: Recompute,
  copies: number,
): CopySite[] {
  const line = lineOf(assignment.model, ranks.length);
  refuseWrongStages(line, ranks.length, assignment.hosts.length / copies);
  const works = Array.from({ length: copies }, (_, index) => {
    const copy: Copy = { index, count: copies };
    return new PipelineWork(assignment, line, UNPROTECTED, recompute, copy);
  });
  refuseTooLittleMemory(works[0]);
  const { bounds, shares } = cut(works[0], ranks);
  const apart = assignment.hosts.length / copies;
  return works.map((work, index) => {
    const nodes = ranks.map((rank) => index * apart + rank);
    const placement = { epoch: 0, nodes, bounds };
    const layout = { placement, shares, stagesByNode: stagesByNode(placement), reporter: ranks[0] };
    return { work, layout };
  });
}

/** Where the line is cut, and what each stage costs. */
function cut(work: PipelineWork, ranks: readonly number[]) {
  const { assignment, line, safety, recompute, training, copy, mode } = work;
  const records = emptyRecords(ranks.length);
  const apart = assignment.hosts.length / copy.count;
  const chunks = Math.ceil(ranks.length / apart);
  for (const [stage, rank] of ranks.entries()) {
    const behind = ranks.at(stage + 1);
    const all = Array.from({ length: copy.count }, (_, index) => {
      const first = index * apart;
      return measure(assignment, first + rank, behind === undefined ? behind : first + behind);
    });
    writeRecord(records, stage, slowest(all, chunks));
  }
  const terms = { line, training, safety, mode, window: { window: 'memory', recompute } } as const;
  const bounds = cutLine(terms, records);
  const shares = sharesOf(terms, records, bounds).map(({ costs }) => ({
    costs,
    window: UNBOUNDED,
  }));
  return { bounds, shares };
}

/** All copies wait for the slowest host of a stage, each of whose chunks has a part of its memory. */
function slowest(records: readonly NodeRecord[], chunks: number): NodeRecord {
  const least = (of: (record: NodeRecord) => number) => Math.min(...records.map(of));
  const most = (of: (record: NodeRecord) => number) => Math.max(...records.map(of));
  return {
    ...records[0],
    speedFlopsPerSecond: least(({ speedFlopsPerSecond }) => speedFlopsPerSecond),
    memoryBytes: least(({ memoryBytes }) => memoryBytes) / chunks,
    taskOverheadNs: most(({ taskOverheadNs }) => taskOverheadNs),
    latencyNs: most(({ latencyNs }) => latencyNs),
    bandwidthBytesPerSecond: least(({ bandwidthBytesPerSecond }) => bandwidthBytesPerSecond),
  };
}
