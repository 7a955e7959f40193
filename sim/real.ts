/** Entry of `npm run real`. The command itself takes half a second to load: something is on the screen before. */
import { processStreams } from './commands/streams.ts';

const streams = processStreams();
streams.opening?.show('loading the program');
const { executeCommand } = await import('./commands/execute.ts');
process.exitCode = await executeCommand(process.argv.slice(2), streams);
