/** What a run knows of nodes in other processes. */
import cluster from 'node:cluster';
import { setTimeout } from 'node:timers/promises';
import t from 'tap';
import { makeStorageFolder, removeStorageFolder } from '../../../sim/worlds/file-storage.ts';
import { boardMemory } from '../../../sim/worlds/real/shared-board.ts';
import { CASES, type CaseWork } from './cases.ts';
import { CREWS } from './crews.ts';
import { newFlags } from './flags.ts';

const ENTRY = new URL('./cases-worker.ts', import.meta.url).href;

t.test('the board shows all nodes only once each has answered since the last look', async (t) => {
  const work: CaseWork = { name: CASES[0].name, flags: newFlags() };
  const folder = makeStorageFolder();
  t.teardown(() => removeStorageFolder(folder));
  const common = { seed: 1, memoryBytes: Infinity, board: boardMemory(2), canFail: false };
  const setups = [0, 1].map((node) => {
    return { ...common, node, storage: null, disks: `${folder}/disks`, work };
  });
  const client = { heard: () => {}, lost: (_node: number, what: string) => t.fail(what) };

  const crew = (await CREWS.processes(ENTRY))(setups, client, folder);
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
