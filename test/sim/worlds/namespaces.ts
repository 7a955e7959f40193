/** Machines that are network namespaces of this one: each with an address of its own, all on one bridge. */
import { spawnSync } from 'node:child_process';
import type { Test } from 'tap';

const NET = '10.213.77';

function ip(...words: string[]): void {
  run('ip', ...words);
}

function run(command: string, ...words: string[]): void {
  const { status, stderr, error } = spawnSync(command, words, { encoding: 'utf8' });
  if (status !== 0) throw new Error(`${command} ${words.join(' ')}: ${error?.message ?? stderr}`);
}

export class Namespaces {
  private readonly prefix = `ringtmp-${process.pid}`;
  /** Where the bridge is; nothing of it is outside. */
  private readonly hub = `${this.prefix}-hub`;
  private readonly count: number;

  /** @throws where the kernel or its user does not allow it */
  constructor(t: Test, count: number) {
    this.count = count;
    t.teardown(() => this.remove());
    ip('netns', 'add', this.hub);
    ip('-n', this.hub, 'link', 'add', 'bridge', 'type', 'bridge');
    ip('-n', this.hub, 'link', 'set', 'bridge', 'up');
    for (let at = 0; at < count; at++) this.add(at);
  }

  name(at: number): string {
    return `${this.prefix}-${at}`;
  }

  address(at: number): string {
    return `${NET}.${at + 1}`;
  }

  /** From now on the machine sends and gets no more than that. */
  limit(at: number, rate: string): void {
    const shape = ['root', 'tbf', 'rate', rate, 'burst', '64kb', 'latency', '200ms'];
    run('tc', '-n', this.name(at), 'qdisc', 'add', 'dev', 'eth0', ...shape);
    run('tc', '-n', this.hub, 'qdisc', 'add', 'dev', `port${at}`, ...shape);
  }

  /** Pulls out the machine's cable, or plugs it in. */
  set(at: number, state: 'up' | 'down'): void {
    ip('-n', this.hub, 'link', 'set', `port${at}`, state);
  }

  private add(at: number): void {
    const name = this.name(at);
    ip('netns', 'add', name);
    const peer = ['peer', 'name', 'eth0', 'netns', name];
    ip('-n', this.hub, 'link', 'add', `port${at}`, 'type', 'veth', ...peer);
    ip('-n', this.hub, 'link', 'set', `port${at}`, 'master', 'bridge', 'up');
    ip('-n', name, 'address', 'add', `${this.address(at)}/24`, 'dev', 'eth0');
    ip('-n', name, 'link', 'set', 'eth0', 'up');
    ip('-n', name, 'link', 'set', 'lo', 'up');
  }

  private remove(): void {
    for (const name of [this.hub, ...Array.from({ length: this.count }, (_, at) => this.name(at))])
      spawnSync('ip', ['netns', 'delete', name]);
  }
}

/** Why there can be no namespaces here; false where there can. */
export function whyNone(): string | false {
  const name = `ringtmp-${process.pid}-try`;
  try {
    run('tc', '-Version');
    ip('netns', 'add', name);
    ip('-n', name, 'link', 'add', 'one', 'type', 'veth', 'peer', 'name', 'other');
    ip('-n', name, 'link', 'add', 'bridge', 'type', 'bridge');
    const shape = ['root', 'tbf', 'rate', '1mbit', 'burst', '64kb', 'latency', '200ms'];
    run('tc', '-n', name, 'qdisc', 'add', 'dev', 'one', ...shape);
    return false;
  } catch (error) {
    return `no network namespaces here: ${(error as Error).message}`;
  } finally {
    spawnSync('ip', ['netns', 'delete', name]);
  }
}
