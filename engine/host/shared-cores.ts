/**
 * The cores of a machine that has several hosts: while more of them work than it has cores, all get an equal part of its
 * time, as from a fair scheduler. It must not know what they work at.
 */
import type { HostSpec } from '../host-spec.ts';

/** What works on a core: it is told by how much it is slower for sharing. */
export interface CoreUser {
  shareCores(factor: number): void;
}

export class SharedCores {
  private readonly cores: number;
  private readonly users = new Set<CoreUser>();

  constructor(cores: number) {
    this.cores = cores;
  }

  /** It works from now on. */
  enter(user: CoreUser): void {
    this.users.add(user);
    this.share();
  }

  /** It does not work any more; it may be away already. */
  leave(user: CoreUser): void {
    if (this.users.delete(user)) this.share();
  }

  private share(): void {
    const factor = Math.max(1, this.users.size / this.cores);
    for (const user of this.users) user.shareCores(factor);
  }
}

/** The cores of a host's machine, made for the first of its hosts; null where it has a machine to itself. */
export function coresOfMachines(): (host: HostSpec) => SharedCores | null {
  const known = new Map<number, SharedCores>();
  return ({ machine }) => {
    if (machine === undefined) return null;
    const cores = known.get(machine.number) ?? new SharedCores(machine.cores);
    known.set(machine.number, cores);
    return cores;
  };
}
