/**
 * Why a run failed, for people: one sentence first, then what helps to find the cause. It only lays out facts that
 * the worlds give.
 */
import type { NodeStanding, RunFailure } from '../engine/result.ts';
import { formatMemory, formatShare } from '../engine/format.ts';
import { bySize } from './ordering.ts';

const NODES_SHOWN = 20;
const SENDERS_SHOWN = 3;

type Deadlock = Extract<RunFailure, { kind: 'deadlock' }>;
type OutOfMemory = Extract<RunFailure, { kind: 'out-of-memory' }>;

/** Lines of text without a final line break. */
export function failureText(failure: RunFailure): string {
  switch (failure.kind) {
    case 'deadlock':
      return deadlockText(failure);
    case 'out-of-memory':
      return outOfMemoryText(failure);
    case 'diverged':
    case 'given-up':
    case 'error':
      return failure.message;
  }
}

function deadlockText({ message, nodes }: Deadlock): string {
  const shown = nodes.slice(0, NODES_SHOWN);
  const rows = shown.map((node) => [
    `node ${node.node}`,
    `in phase ${node.phase}`,
    `waits for ${node.waitsFor}`,
    `inbox: ${inboxText(node)}`,
  ]);
  const widths = [0, 1, 2].map((column) => Math.max(0, ...rows.map((row) => row[column].length)));
  const lines = rows.map(([node, phase, waitsFor, inbox]) =>
    `  ${node.padEnd(widths[0])}  ${phase.padEnd(widths[1])}  ${waitsFor.padEnd(widths[2])}  ${inbox}`.trimEnd(),
  );
  const more = nodes.length - shown.length;
  if (more > 0) lines.push(`  ... and ${more} more`);
  return [message, ...lines].join('\n');
}

/** `empty`, or kinds with their senders, oldest first: `push from 1, 2, 3 and 9 more; credit from 5`. */
function inboxText({ inbox }: NodeStanding): string {
  const sendersOf = new Map<string, number[]>();
  for (const { kind, from } of inbox) {
    const senders = sendersOf.get(kind);
    if (senders === undefined) sendersOf.set(kind, [from]);
    else senders.push(from);
  }
  const kinds = [...sendersOf].map(([kind, senders]) => {
    const more = senders.length - SENDERS_SHOWN;
    const shown = senders.slice(0, SENDERS_SHOWN).join(', ');
    return `${kind} from ${shown}${more > 0 ? ` and ${more} more` : ''}`;
  });
  return kinds.length === 0 ? 'empty' : kinds.join('; ');
}

function outOfMemoryText({ message, ledger, limitBytes }: OutOfMemory): string {
  const items = bySize(Object.entries(ledger));
  const total = items.reduce((sum, [, bytes]) => sum + bytes, 0);
  const rows: [string, number][] = [...items, ['total', total], ['limit', limitBytes]];
  const width = Math.max(...rows.map(([item]) => item.length));
  const lines = rows.map(([item, bytes]) => {
    const share = total > 0 && item !== 'limit' ? formatShare(bytes / total) : '';
    return `  ${item.padEnd(width)}  ${formatMemory(bytes).padStart(9)}  ${share.padStart(7)}`.trimEnd();
  });
  return [message, ...lines].join('\n');
}
