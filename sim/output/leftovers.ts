/**
 * Names for files that must not outlive their process, and cleaning up those that killed processes have left. A name
 * contains its owner: machines and containers may share a folder, and their process ids mean nothing here.
 */
import { readdirSync, rmSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';

const HOST = encodeURIComponent(hostname());

/** The prefix followed by the identity of this process. */
export function ownedName(prefix: string): string {
  return `${prefix}${HOST}-${process.pid}`;
}

/** The names in a folder with that prefix that belong to an ended process of this machine. */
export function leftNames(folder: string, prefix: string): string[] {
  return readdirSync(folder).filter((name) => {
    if (!name.startsWith(`${prefix}${HOST}-`)) return false;
    const owner = /^\d+(?=$|-)/.exec(name.slice(prefix.length + HOST.length + 1));
    return owner !== null && !isAlive(Number(owner[0]));
  });
}

/** Removes such leftovers from a folder. What cannot be removed belongs to others, and stays. */
export function removeLeft(folder: string, prefix: string): void {
  try {
    for (const name of leftNames(folder, prefix))
      rmSync(join(folder, name), { recursive: true, force: true });
  } catch {
    // Another user's, or gone meanwhile.
  }
}

function isAlive(processId: number): boolean {
  try {
    process.kill(processId, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
