/** Names in the folder that all processes of a run share. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { deserialize, serialize } from 'node:v8';
import type { NodeId } from '../../../engine/world.ts';

/** The socket of one incarnation: whoever knows an older one finds nobody there. */
export function socketPath(folder: string, node: NodeId, incarnation: number): string {
  return join(folder, `${node}-${incarnation}.sock`);
}

export function threadPath(folder: string): string {
  return join(folder, 'thread.cjs');
}

export function stationPath(folder: string): string {
  return join(folder, 'station.cjs');
}

function workPath(folder: string): string {
  return join(folder, 'work');
}

/** Writes what every process needs, once: the code, and the work of all nodes. */
export function fillRunFolder(
  folder: string,
  code: { readonly station: string; readonly thread: string },
  work: unknown,
): void {
  writeFileSync(stationPath(folder), code.station);
  writeFileSync(threadPath(folder), code.thread);
  writeFileSync(workPath(folder), serialize(work));
}

export function readWork(folder: string): unknown {
  return deserialize(readFileSync(workPath(folder)));
}
