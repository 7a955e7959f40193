/** Entry of `npm run fuzz`. */
import { processStreams } from './commands/streams.ts';
import { fuzzCommand } from './fuzz/fuzz-command.ts';

process.exitCode = await fuzzCommand(process.argv.slice(2), processStreams());
