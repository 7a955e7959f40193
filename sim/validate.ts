/** Entry of `npm run validate`. */
import { runAsProcess } from './commands/streams.ts';

await runAsProcess(async (words, streams) => {
  const { validateCommand } = await import('./validation/command.ts');
  return validateCommand(words, streams);
});
