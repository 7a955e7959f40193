/** A disk of a few KiB for tests of disks that are full. */
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Test } from 'tap';

export interface SmallDisk {
  readonly folder: string;
  /** A folder in that folder. */
  readonly disk: string;
  /** Why there is none; empty where there is one. */
  readonly reason: string;
}

/** Makes a folder with a small disk in it, and takes both away when the test is over. */
export function smallDisk(t: Pick<Test, 'teardown'>, kibibytes: number): SmallDisk {
  const folder = mkdtempSync(join(tmpdir(), 'full-disk-'));
  const disk = join(folder, 'disk');
  mkdirSync(disk);
  const words = ['-t', 'tmpfs', '-o', `size=${kibibytes}k`, 'tmpfs', disk];
  const { status, error, stderr } = spawnSync('mount', words, { encoding: 'utf8' });
  t.teardown(() => {
    if (status === 0) spawnSync('umount', [disk]);
    rmSync(folder, { recursive: true });
  });
  const reason = status === 0 ? '' : `no small disk can be mounted: ${error?.message ?? stderr}`;
  return { folder, disk, reason };
}
