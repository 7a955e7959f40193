/**
 * Messages a second over the bare engine, CPU time on one core, beside what SimGrid 3.32 and ASTRA-sim's analytical
 * back-end took for the same. Each case runs in a process of its own, so that its memory is its own too.
 */
import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { Measured } from './cases/network.ts';

const PROGRAM = fileURLToPath(new URL('cases/network.ts', import.meta.url));

function play(name: string, nodes: number, rounds: number): Measured {
  const words = ['--import', 'tsx', PROGRAM, name, String(nodes), String(rounds)];
  return JSON.parse(execFileSync(process.execPath, words, { encoding: 'utf8' })) as Measured;
}

export async function bench(print: (line: string) => void): Promise<void> {
  print('Fair-sharing network over the bare engine, CPU time [SimGrid 3.32, ASTRA-sim]');
  const tell = (title: string, name: string, nodes: number, rounds: number, theirs: string) => {
    const { messages, microseconds, megabytes } = play(name, nodes, rounds);
    print(
      `${title.padEnd(34)} ${(messages / microseconds).toFixed(2).padStart(6)} M messages/s ` +
        `${(microseconds / messages).toFixed(2).padStart(6)} us each ` +
        `${(microseconds / 1e6).toFixed(1).padStart(6)} s ${megabytes.toFixed(0).padStart(5)} MB ${theirs}`,
    );
  };
  tell('ring, 64 nodes', 'ring', 64, 30_000, '[0.29 M/s]');
  tell('ring, 4,096 nodes', 'ring', 4096, 400, '[0.044 M/s]');
  tell('ring, 16,384 nodes', 'ring', 16_384, 100, '[0.035 M/s, 204 MB]');
  tell('ring, 65,536 nodes', 'ring', 65_536, 30, '');
  tell('parameter server, 512 workers', 'server', 512, 300, '[51 us each]');
  tell('parameter server, 4,096 workers', 'server', 4096, 40, '[1,015 us each]');
  tell('parameter server, 16,384 workers', 'server', 16_384, 10, '');
  tell('ring all-reduce, 4,096 nodes', 'all-reduce', 4096, 1, '[76 s, 5,400 MB]');
}
