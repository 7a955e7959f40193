/** Entry of `npm run flows`. */
import { flowsCommand } from './flows/command.ts';
import { runAsProcess } from './commands/streams.ts';

await runAsProcess(flowsCommand);
