/** Entry of `npm run sim`. The command itself takes half a second to load: something is on the screen before. */
import { runAsProcess } from './commands/streams.ts';

await runAsProcess(async (words, streams) => {
  streams.opening?.show('loading the program');
  const { simulateCommand } = await import('./commands/simulate.ts');
  return simulateCommand(words, streams);
});
