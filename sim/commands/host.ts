/** `npm run real -- host` and `npm run real -- keys`: what a machine needs to run nodes for others. */
import { formatCounted } from '../../engine/format.ts';
import { bundleWorker } from '../worlds/bundle.ts';
import { addressText, readAddress } from '../worlds/hosts/addresses.ts';
import { HostServer } from '../worlds/hosts/host-server.ts';
import { newKeys, readKeys, writeKeys } from '../worlds/hosts/keys.ts';
import { THREAD_ENTRY } from '../worlds/threads/threads.ts';
import { BadInput } from '../scenario/bad-input.ts';
import { readWhole } from '../scenario/overrides.ts';
import { signal } from '../worlds/real/signal.ts';
import { commandParser, parseWords } from './arguments.ts';
import { interruptible } from './interrupts.ts';
import { KEYS_MISSING } from './real-arguments.ts';
import { EXIT, type CommandStreams } from './streams.ts';

/** Nobody but this machine reaches it there. */
const DEFAULT_ADDRESS = '127.0.0.1:7000';

/**
 * Makes the keys of a cluster, into a new folder.
 * @throws BadInput
 */
export async function keysCommand(
  words: readonly string[],
  streams: CommandStreams,
): Promise<number> {
  const parser = commandParser('npm run real -- keys', streams)
    .description(
      'Makes the keys of a cluster: copy the folder to each of its machines. Whoever has it is a member.',
    )
    .argument('<DIR>', 'a new folder')
    .option('--days <N>', 'for how many days they are valid', '365');
  if (!parseWords(parser, words)) return EXIT.done;
  const folder = parser.args[0];
  const days = readWhole('--days', parser.opts<{ days: string }>().days, 1);
  writeKeys(folder, await newKeys(days));
  streams.stdout.write(
    `keys in ${folder}, valid for ${formatCounted(days, 'day')}: copy the folder to each machine of the cluster, ` +
      'and let nobody else read it\n',
  );
  return EXIT.done;
}

/**
 * Runs nodes for others until it is interrupted.
 * @throws BadInput
 */
export async function hostCommand(
  words: readonly string[],
  streams: CommandStreams,
): Promise<number> {
  const parser = commandParser('npm run real -- host', streams)
    .description('Lets this machine run nodes for others with the same keys, one run at a time.')
    .option('--listen <ADDRESS:PORT>', 'where others reach it', DEFAULT_ADDRESS)
    .option('--keys <DIR>', 'the keys of the cluster');
  if (!parseWords(parser, words)) return EXIT.done;
  const { listen, keys } = parser.opts<{ listen: string; keys?: string }>();
  if (keys === undefined) throw new BadInput(KEYS_MISSING);
  const address = readAddress('--listen', listen);
  const options = { keys: readKeys(keys), code: await bundleWorker(THREAD_ENTRY) };
  const server = new HostServer({ ...options, log: (line) => streams.stdout.write(`${line}\n`) });
  return interruptible(async (interrupts) => {
    const left = signal();
    interrupts.onQuit(() => left.give());
    try {
      const reached = await server.listen(address);
      streams.stdout.write(`this host listens at ${addressText(reached)}\n`);
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      throw new BadInput(
        `--listen: ${listen} cannot be listened at (${code}); ` +
          'an address of this machine and a port that is free would be right',
      );
    }
    await left.given;
    await server.close();
    return EXIT.done;
  });
}
