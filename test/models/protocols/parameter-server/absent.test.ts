/** PROTOCOLS D: an asynchronous worker that is lost stops nobody: the view stays as it is until the work is given out. */
import fc from 'fast-check';
import t from 'tap';
import { befalls, type FaultySetup, faultySetups, sharded } from './faulty-setups.ts';
import { type MessageSeen, play } from './harness.ts';

type Said = MessageSeen['message'] & Record<string, unknown>;

/** Long runs, so that there is much to do when a worker is lost. */
const setups = fc
  .tuple(faultySetups('ps-asp', { min: 0, max: 1 }), fc.integer({ min: 1, max: 3 }))
  .map(([setup, servers]): FaultySetup => ({
    ...sharded(setup, servers),
    training: { ...setup.training, iterations: 16 },
  }));

const lost = fc.record({
  worker: fc.nat(4),
  thousandths: fc.integer({ min: 50, max: 500 }),
  kind: fc.constantFrom<('crash' | 'pause')[]>('crash', 'pause'),
});

/** Who was suspected, and what was said about views, after the first view began and before a worker was sent to rest. */
function meanwhile(
  setup: FaultySetup,
  { worker, thousandths, kind }: { worker: number; thousandths: number; kind: 'crash' | 'pause' },
) {
  const { messages } = play(setup);
  const begunNs = messages.find(({ message }) => message.kind === 'pull-reply')!.sentNs;
  const endNs = messages.at(-1)!.sentNs;
  const atNs = begunNs + Math.floor(((endNs - begunNs) * thousandths) / 1000);
  const rule = befalls(worker % setup.workers, atNs, kind, kind === 'crash' ? null : 60_000);
  const outcome = play({ ...setup, faults: [rule] });
  const isLast = ({ message }: MessageSeen): boolean => {
    const { kind: said, shard, more } = message as Said;
    return said === 'pull-reply' && shard === 0 && more === false;
  };
  const restNs = outcome.messages.find(isLast)!.sentNs;
  const isBetween = (timeNs: number): boolean => timeNs > begunNs && timeNs < restNs;
  return {
    outcome,
    suspicions: outcome.notes.filter(
      ({ name, timeNs }) => name === 'suspected' && isBetween(timeNs),
    ),
    prepares: outcome.messages.filter(
      ({ message, sentNs }) => message.kind === 'PREPARE' && isBetween(sentNs),
    ),
  };
}

t.test('D: no view changes for a worker that is lost while there is work to give', async (t) => {
  let seen = 0;
  fc.assert(
    fc.property(setups, lost, (setup, blow) => {
      const { outcome, suspicions, prepares } = meanwhile(setup, blow);
      seen += suspicions.length > 0 ? 1 : 0;
      return outcome.result.outcome === 'finished' && prepares.length === 0;
    }),
    { numRuns: 50 },
  );
  t.ok(seen > 15, `it was noticed in time in ${seen} of 50`);
});
