/** Entry of `npm run report`. */
import { runAsProcess } from './commands/streams.ts';

await runAsProcess(async (words, streams) => {
  const { reportCommand } = await import('./studies/report-command.ts');
  return reportCommand(words, streams);
});
