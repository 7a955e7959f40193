/**
 * Names for what must not outlive its process, and what processes that were killed have left under such names. A name
 * says whose it is: machines and containers may share a folder, and their process ids mean nothing here.
 */
import { readdirSync, rmSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';

const HOST = encodeURIComponent(hostname());

/** The prefix with the name of this process behind it. */
export function ownedName(prefix: string): string {
  return `${prefix}${HOST}-${process.pid}`;
}

/** The names in a folder that begin with the prefix and belong to a process of this machine that is gone. */
export function leftNames(folder: string, prefix: string): string[] {
  return readdirSync(folder).filter((name) => {
    if (!name.startsWith(`${prefix}${HOST}-`)) return false;
    const owner = /^\d+(?=$|-)/.exec(name.slice(prefix.length + HOST.length + 1));
    return owner !== null && !isAlive(Number(owner[0]));
  });
}

/** Removes what is left in a folder under such names. What cannot be removed is not ours, and stays. */
export function removeLeft(folder: string, prefix: string): void {
  try {
    for (const name of leftNames(folder, prefix))
      rmSync(join(folder, name), { recursive: true, force: true });
  } catch {
    // Another user's, or gone meanwhile: no reason to stop.
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
