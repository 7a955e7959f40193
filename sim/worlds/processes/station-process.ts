/** The process of one node: its station, and what connects that with the process that conducts the run. */
import { Worker } from 'node:worker_threads';
import { BUNDLED_WORKER_OPTIONS } from '../bundle.ts';
import { Station } from '../stations/station.ts';
import type { FromStation, ToStation } from '../stations/station-messages.ts';
import { readWork, threadPath } from './run-folder.ts';
import type { Here, PlaceInProcess } from './process-messages.ts';
import { UnixTransport } from './unix-transport.ts';

function tell(message: FromStation | Here): void {
  process.send!(message);
}

/** Nobody but processes of the same user can call. */
const client = { tell, refused: (): void => {} };

async function open({ setup, folder }: PlaceInProcess): Promise<Station> {
  const { node, incarnations } = setup;
  // Paths of sockets are short from here.
  process.chdir(folder);
  const transport = new UnixTransport(folder, node, incarnations[node]);
  const work = readWork(folder);
  const { resourceLimits } = BUNDLED_WORKER_OPTIONS;
  const station = new Station(setup, work, transport, client, (workerData) => {
    return new Worker(threadPath(folder), { execArgv: [], resourceLimits, workerData });
  });
  await station.listen();
  return station;
}

/** The process that conducts the run ends this one; an interruption from the terminal is for that one alone. */
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => {});

let opened: Promise<Station> | null = null;
process.on('message', (message: ToStation | PlaceInProcess) => {
  if (message.kind === 'place') {
    opened = open(message);
    opened.catch((error: Error) => tell({ kind: 'lost', what: error.message }));
  } else void opened?.then((station) => station.told(message));
});
tell({ kind: 'here' });
