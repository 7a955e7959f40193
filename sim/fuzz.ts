/** Entry of `npm run fuzz`. */
import { fuzzCommand } from './fuzz/fuzz-command.ts';
import { runAsProcess } from './commands/streams.ts';

await runAsProcess(fuzzCommand);
