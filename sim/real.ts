/** Entry of `npm run real`. The command itself takes half a second to load: something is on the screen before. */
import { runAsProcess } from './commands/streams.ts';

await runAsProcess(async (words, streams) => {
  streams.opening?.show('loading the program');
  const { executeCommand } = await import('./commands/execute.ts');
  return executeCommand(words, streams);
});
