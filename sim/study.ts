/** Entry of `npm run study`. The command itself takes half a second to load: something is on the screen before. */
import { runAsProcess } from './commands/streams.ts';

await runAsProcess(async (words, streams) => {
  streams.opening?.show('loading the program');
  const { studyCommand } = await import('./studies/study-command.ts');
  return studyCommand(words, streams);
});
