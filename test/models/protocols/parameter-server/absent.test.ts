/** PROTOCOLS D: an asynchronous worker that is lost stops nobody: the view stays as it is until the work is given out. */
import fc from 'fast-check';
import t from 'tap';
import { type PullReply, workOf } from '../../../../models/protocols/parameter-server/messages.ts';
import {
  befalls,
  type FaultySetup,
  faultySetups,
  momentOf,
  notesOf,
  sharded,
} from './faulty-setups.ts';
import { type MessageSeen, type Outcome, play } from './harness.ts';

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

/** All workers but the last are silent for a while, from about that moment on. */
const silences = fc.record({
  thousandths: fc.integer({ min: 50, max: 700 }),
  apartNs: fc.nat(3000),
  heartbeats: fc.integer({ min: 3, max: 8 }),
});

/** Shares that the first shard gave out when each shard had applied them already. */
function givenInVain(setup: FaultySetup, { messages, jobs }: Outcome): number {
  const { workers, servers = 1 } = setup;
  let count = 0;
  for (const { message, sentNs } of messages) {
    if (message.kind !== 'pull-reply') continue;
    for (const { iteration, share } of workOf(message as unknown as PullReply)) {
      const isIn = (server: number): boolean =>
        jobs.some(
          ({ node, job, endNs }) =>
            node === server &&
            job.pass === 'update' &&
            job.iteration === iteration &&
            job.worker === share &&
            endNs < sentNs,
        );
      const all = Array.from({ length: servers }, (_, shard) => workers + shard);
      if (all.every(isIn)) count++;
    }
  }
  return count;
}

t.test('D: no share is given out once every shard has its gradient', async (t) => {
  let again = 0;
  fc.assert(
    fc.property(setups, silences, (setup, { thousandths, apartNs, heartbeats }) => {
      const atNs = momentOf(setup, thousandths / 1000);
      const forNs = heartbeats * setup.detector!.heartbeatNs;
      const faults = Array.from({ length: setup.workers - 1 }, (_, worker) =>
        befalls(worker, atNs + worker * apartNs, 'pause', forNs),
      );
      const outcome = play({ ...setup, faults });
      again += notesOf<number>(outcome, 'redone').length;
      return outcome.result.outcome === 'finished' && givenInVain(setup, outcome) === 0;
    }),
    { numRuns: 50 },
  );
  t.ok(again > 20, `work was given out again ${again} times`);
});
