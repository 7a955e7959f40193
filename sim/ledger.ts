/** Entry of `npm run ledger`. */
import { runAsProcess } from './commands/streams.ts';
import { ledgerCommand } from './ledger/command.ts';

await runAsProcess(ledgerCommand);
