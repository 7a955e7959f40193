/** What a run knows of nodes in other processes. */
import cluster from 'node:cluster';
import { mkdirSync } from 'node:fs';
import { setTimeout } from 'node:timers/promises';
import t, { type Test } from 'tap';
import { makeStorageFolder, removeStorageFolder } from '../../../sim/worlds/file-storage.ts';
import { boardMemory } from '../../../sim/worlds/real/shared-board.ts';
import { CASES, type CaseWork } from './cases.ts';
import { CREWS } from './crews.ts';
import { newFlags } from './flags.ts';

const ENTRY = new URL('./cases-worker.ts', import.meta.url).href;

function setupsOf(folder: string) {
  const work: CaseWork = { name: CASES[0].name, flags: newFlags() };
  const limits = { memoryBytes: Infinity, shape: null, traceLimit: null };
  const common = { seed: 1, ...limits, board: boardMemory(2), canFail: false };
  return [0, 1].map((node) => {
    return { ...common, node, storage: null, firstIncarnation: 0, disks: `${folder}/disks`, work };
  });
}

function runFolder(t: Test): string {
  const folder = makeStorageFolder();
  t.teardown(() => removeStorageFolder(folder));
  return folder;
}

t.test('the board shows all nodes only once each has answered since the last look', async (t) => {
  const folder = runFolder(t);
  const client = { heard: () => {}, lost: (_node: number, what: string) => t.fail(what) };

  const crew = (await CREWS.processes(ENTRY))(setupsOf(folder), client, folder);
  await Promise.all([crew.hire(0), crew.hire(1)]);
  const [worker] = Object.values(cluster.workers!);
  worker!.process.kill('SIGSTOP');
  for (let looks = 0; looks < 5; looks++) {
    t.equal(crew.look(), false, 'one of them stands still');
    await setTimeout(50);
  }
  worker!.process.kill('SIGCONT');
  while (!crew.look()) await setTimeout(10);
  t.equal(crew.look(), false, 'it has asked anew, and nobody can have answered');
  await crew.disband();
});

t.test('a process that has said that it cannot go on is ended with the others', async (t) => {
  const folder = runFolder(t);
  // In the way of its socket.
  mkdirSync(`${folder}/1-0.sock`);
  let told: (what: [number, string]) => void = () => {};
  const heard = new Promise<[number, string]>((resolve) => (told = resolve));
  const lost = (node: number, what: string): void => told([node, what]);

  const crew = (await CREWS.processes(ENTRY))(setupsOf(folder), { heard: () => {}, lost }, folder);
  void crew.hire(0);
  void crew.hire(1);
  t.match(await heard, [1, /EADDRINUSE/]);
  await crew.disband();
  t.same(
    Object.values(cluster.workers!).filter((worker) => !worker!.isDead()),
    [],
  );
});
