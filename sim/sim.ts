/** Entry of `npm run sim`. The command itself takes half a second to load: something is on the screen before. */
import { processStreams } from './commands/streams.ts';

const streams = processStreams();
streams.opening?.show('loading the program');
const { simulateCommand } = await import('./commands/simulate.ts');
process.exitCode = await simulateCommand(process.argv.slice(2), streams);
