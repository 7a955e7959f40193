/** Entry of `npm run import`. */
import { runAsProcess } from './commands/streams.ts';
import { importCommand } from './import/command.ts';

await runAsProcess(importCommand);
