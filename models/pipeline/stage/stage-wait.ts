/** What a stage waits for, said to people. */
import type { NodeId } from '../../../engine/world.ts';
import type { MicroBatches } from './micro-batches.ts';
import type { StageSender } from './stage-sender.ts';

interface Waiting {
  /** Of each stage. */
  readonly nodes: readonly NodeId[];
  readonly sender: StageSender;
  readonly microBatches: MicroBatches;
  /** What completes a pass, and which way that comes, where one waits for it. */
  readonly tail: { readonly way: 'forward' | 'backward'; readonly what: string } | null;
  readonly gate: { readonly open: boolean; readonly missing: number };
  /** Whether a forward waits for its labels, for the replicas, or for credits; and whether an update is not final. */
  readonly lacksLabels: boolean;
  readonly holdsBack: boolean;
  readonly exhausted: boolean;
  readonly waits: boolean;
}

export function waitOf(stage: Waiting): string {
  const { nodes, sender, microBatches, tail, gate } = stage;
  const { before, behind, first } = sender;
  const { inFlight, backwardsWait, isOver } = microBatches;
  const { iteration, microBatch } = microBatches.due();
  const next = `${iteration}/${microBatch}`;
  if (tail !== null)
    return `${tail.what} from node ${nodes[tail.way === 'forward' ? before : behind]}`;
  if (stage.lacksLabels) return `LABEL ${next} from node ${nodes[behind]}`;
  if (isOver) return `LOSS from node ${nodes[before]}`;
  if (!gate.open && (stage.holdsBack || backwardsWait))
    return `REPL_ACK ${iteration} from ${gate.missing} replicas`;
  if (inFlight > 0 && stage.exhausted) return `BWD ${next} or CREDIT from node ${nodes[behind]}`;
  if (first && stage.waits) return `LOSS from node ${nodes[before]}`;
  if (inFlight > 0 || first) return `BWD ${next} from node ${nodes[behind]}`;
  return `FWD ${next} from node ${nodes[before]}`;
}
