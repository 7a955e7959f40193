/** What a node was doing when its handler failed, in the same words in every world. */
import type { Notification } from './notifications.ts';
import type { NodeId } from './world.ts';

export function receiving(kind: string, from: NodeId): string {
  return `receiving '${kind}' from node ${from}`;
}

export function hearing(item: Notification): string {
  if (item.kind === 'suspected') return `suspecting node ${item.peer}`;
  if (item.kind === 'persisted') return 'told that its record is on the disk';
  return `told that '${item.name}' is ${item.kind}`;
}

export function atEnd(job: string): string {
  return `at the end of job '${job}'`;
}

export function waking(alarm: string): string {
  return `waking for '${alarm}'`;
}
