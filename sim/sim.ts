/** Entry of `npm run sim`. */
import { simulateCommand } from './commands/simulate.ts';
import { processStreams } from './commands/streams.ts';

process.exitCode = await simulateCommand(process.argv.slice(2), processStreams());
