/** Entry of `npm run real`. */
import { executeCommand } from './commands/execute.ts';
import { processStreams } from './commands/streams.ts';

process.exitCode = await executeCommand(process.argv.slice(2), processStreams());
