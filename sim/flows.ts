/** Entry of `npm run flows`. */
import { processStreams } from './commands/streams.ts';
import { flowsCommand } from './flows/command.ts';

process.exitCode = flowsCommand(process.argv.slice(2), processStreams());
