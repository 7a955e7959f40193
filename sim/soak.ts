/** Entry of `npm run soak`. */
import { runAsProcess } from './commands/streams.ts';

await runAsProcess(async (words, streams) => {
  const { soakCommand } = await import('./soak/command.ts');
  return soakCommand(words, streams);
});
