import { fileURLToPath } from 'node:url';
import t from 'tap';
import { CLAIMS, judgeClaims } from '../../../sim/fuzz/claims.ts';
import type { Evidence, JobSeen, NoteSeen } from '../../../models/claims/evidence.ts';
import { readFinding } from '../../../sim/fuzz/finding.ts';
import { nextEpoch } from '../../../models/membership/epoch.ts';
import { runCase } from '../../../sim/fuzz/run-case.ts';
import { smallEvidence } from './small-case.ts';

/** Changes a copy of the evidence, read-only as it is. */
type Bend = (evidence: any) => void;

const ring = await smallEvidence('ring-tmp');
const bsp = await smallEvidence('ps-bsp');
const asp = await smallEvidence('ps-asp');
const sums = await smallEvidence('all-reduce');

const broken = (evidence: Evidence): string[] =>
  judgeClaims(evidence).breaches.map(({ claim }) => claim);

function bent(evidence: Evidence, bend: Bend): Evidence {
  const copy = structuredClone(evidence);
  bend(copy);
  return copy;
}

const crash = (node: number, timeNs: number, endNs: number | null, kind = 'crash') => ({
  ...{ number: 0, rule: 0, kind: kind as 'crash', nodes: [node], timeNs, endNs },
});

/** Server 3 leads from that time on, in an epoch that it begins with the weights after two steps. */
const leads = (timeNs: number, epoch: number, from: 'replicas' | 'checkpoint') => ({
  ...{ node: 3, timeNs, name: 'recovered', afterJobs: 0 },
  value: { epoch, members: [0, 1, 2, 3], joined: [], version: 2, from },
});

const isUpdate = ({ fields }: JobSeen): boolean => fields.pass === 'update';

const isGradient = ({ fields }: JobSeen): boolean => fields.pass === 'gradient';

const isBackward = ({ fields }: JobSeen): boolean => fields.pass === 'backward';

t.test('a run in which nothing goes wrong breaks no claim', async (t) => {
  t.same(judgeClaims(ring).breaches, []);
  t.same(judgeClaims(bsp).breaches, []);
  t.same(judgeClaims(asp).breaches, []);
  t.same(judgeClaims(sums).breaches, []);
  t.equal(new Set(CLAIMS.map(({ name }) => name)).size, CLAIMS.length, 'names are different');
});

const cases: [claim: string, evidence: Evidence, bend: Bend][] = [
  ['whole-batches', sums, ({ jobs }) => void jobs.splice(jobs.findIndex(isGradient), 1)],
  ['same-start', sums, ({ jobs }) => void jobs.find(isGradient).fields.iteration++],
  ['accounting-sums', ring, ({ run }) => void (run.result.nodes.busyNs[1] += 1)],
  ['repeatable', ring, ({ unwatched }) => void (unwatched.events = '0123456789abcdef')],
  ['repeatable', ring, ({ unwatched }) => void (unwatched.numbers = '0123456789abcdef')],
  ['down-time', ring, ({ faults }) => void faults.push(crash(1, 5, 9))],
  ['dead-do-nothing', ring, ({ faults }) => void faults.push(crash(0, 1, null))],
  ['dead-hear-nothing', ring, ({ faults }) => void faults.push(crash(1, 1, null))],
  ['weights-equal', ring, ({ run }) => void (run.training.finalWeights![3] += 1e-7)],
  ['weights-equal', bsp, ({ run }) => void (run.training.finalVersion = 2)],
  ['iterations-told', ring, ({ run }) => void run.training.iterations.pop()],
  ['iterations-told', bsp, ({ run }) => void (run.training.iterations[1].loss! += 1e-9)],
  ['iterations-told', bsp, ({ run }) => void (run.training.iterations[1].samples += 1)],
  ['iterations-told', asp, ({ run }) => void run.training.iterations.shift()],
  ['lives-apart', ring, ({ incarnations }) => void (incarnations[0].calledAfterEnd = 'computed')],
  ['lives-apart', ring, ({ incarnations }) => void (incarnations[0].incarnation = 1)],
  ['memory-returned', ring, ({ incarnations }) => void (incarnations[0].peakBytes += 8)],
  ['memory-returned', ring, ({ incarnations }) => void (incarnations[0].held.activations = 8)],
  ['redo-with-cause', ring, ({ run }) => void (run.result.nodes.redoNs[0] = 1)],
  [
    'suspected-with-cause',
    ring,
    ({ notes }) =>
      void notes.push({
        ...{ node: 0, timeNs: 5, name: 'suspected', value: { peer: 1 }, afterJobs: 0 },
      }),
  ],
  ['faultless-finishes', ring, ({ faultless }) => void (faultless.training.finalWeights = null)],
  ['run-ends', ring, (evidence) => void (evidence.run.endless = true)],
  [
    'gives-up-with-reason',
    ring,
    ({ run }) => {
      run.result.outcome = 'failed';
      run.result.failure = { kind: 'given-up', message: 'no reason', node: 0 };
    },
  ],
  [
    'no-deadlock',
    ring,
    ({ run }) => {
      run.result.outcome = 'failed';
      run.result.failure = { kind: 'deadlock', message: 'stuck', nodes: [] };
    },
  ],
  [
    'no-error',
    ring,
    ({ run }) => {
      run.result.outcome = 'failed';
      run.result.failure = { kind: 'error', message: 'threw', node: 0 };
    },
  ],
  [
    'promise-kept',
    ring,
    ({ run, notes }) => {
      notes.push({ node: 0, timeNs: 5, name: 'lost', value: {}, afterJobs: 0 });
      run.result.outcome = 'failed';
      run.result.failure = { kind: 'given-up', message: 'lost', node: 0 };
    },
  ],
  ['commits-kept', bsp, ({ notes }) => void notes.push(leads(5, 9, 'replicas'))],
  [
    'commits-kept',
    bsp,
    ({ notes, run }) => void notes.push(leads(run.result.timeNs, 9, 'checkpoint')),
  ],
  [
    'restart-from-last',
    bsp,
    ({ notes }) =>
      void notes.push(
        { node: 3, timeNs: 4, name: 'checkpoint', value: 3, afterJobs: 0 },
        leads(5, 9, 'checkpoint'),
      ),
  ],
  [
    'restart-from-last',
    ring,
    ({ notes, incarnations }) => {
      const indexAt = (timeNs: number) => ({ timeNs, name: 'checkpoint/index' });
      incarnations[1].loads.push(indexAt(4), indexAt(7));
      notes.push(
        { node: 0, timeNs: 3, name: 'checkpoint', value: 3, afterJobs: 0 },
        leads(5, nextEpoch(0, 1), 'checkpoint'),
      );
    },
  ],
  [
    'lineage-whole',
    asp,
    ({ jobs }) => {
      const [first, second] = jobs.filter(isUpdate);
      second.fields = { ...first.fields, version: second.fields.version };
    },
  ],
  ['lineage-whole', asp, ({ jobs }) => void jobs.splice(jobs.findIndex(isUpdate), 1)],
  ['busy-is-kept', ring, ({ run }) => void (run.result.nodes.busyNs[2] -= 1)],
  [
    'busy-is-kept',
    ring,
    ({ run, faults }) => {
      faults.push(crash(2, run.result.timeNs, null));
      run.result.nodes.busyNs[2] += 1;
    },
  ],
  ['channel-prefix', ring, ({ channelFaults }) => void channelFaults.push('twice')],
  ['one-version', ring, (evidence) => void (evidence.jobs.find(isBackward).fields.version = 7)],
  [
    'versions-close',
    ring,
    ({ jobs }) => {
      const lone = jobs.filter(
        ({ node, fields }: JobSeen) => node !== 2 || fields.pass !== 'update',
      );
      jobs.splice(0, jobs.length, ...lone);
    },
  ],
];

t.test('each claim is broken by what it speaks of', async (t) => {
  for (const [claim, evidence, bend] of cases)
    t.ok(broken(bent(evidence, bend)).includes(claim), claim);
});

t.test('what is undone by a restart is no second history, if all who knew it forgot', async (t) => {
  const restarted: Bend = ({ notes, faults, run }) => {
    const { timeNs } = run.result;
    faults.push(crash(3, timeNs - 2, timeNs - 1));
    notes.push(leads(timeNs, 9, 'checkpoint'));
  };
  t.notOk(broken(bent(bsp, restarted)).includes('commits-kept'));
});

/** What was seen of a scenario that has broken a claim. */
const evidenceOf = (seed: string): Promise<Evidence> =>
  runCase(readFinding(fileURLToPath(new URL(`../../seeds/${seed}.json`, import.meta.url))));

t.test(
  'who goes on without what was done has said that state is lost, in that repair',
  async (t) => {
    const cutOff = await evidenceOf('one-history-15806');
    t.notOk(broken(cutOff).includes('one-history'), 'it has said so');
    const silent: Bend = ({ notes }) => {
      const isLost = ({ name }: NoteSeen) => name === 'lost';
      notes.splice(notes.findIndex(isLost), 1);
    };
    t.ok(broken(bent(cutOff, silent)).includes('one-history'), 'it has not');
    const early: Bend = ({ notes }) => {
      notes.find(({ name }: NoteSeen) => name === 'lost').timeNs = 0;
    };
    t.ok(broken(bent(cutOff, early)).includes('one-history'), 'it has said so of an older repair');
  },
);

t.test('a ring that has ended has the lineage of the view that it ended in', async (t) => {
  const left = await evidenceOf('ends-in-older-view-31629');
  const said = (kind: string): any[] =>
    left.messages.filter((each) => each.kind === kind).map(({ fields }) => fields);
  const [{ epoch: ended }] = said('FINISH');
  const newest = Math.max(...said('INSTALL').map(({ view }) => view.epoch));
  t.ok(ended < newest, 'others had left that view for a newer one, which came to nothing');
  t.notOk(broken(left).includes('gradients-once'), 'all was done in it');
  const isKept = (job: JobSeen) => isBackward(job) && job.fields.epoch === ended;
  const lacking: Bend = ({ jobs }) => void jobs.splice(jobs.findLastIndex(isKept), 1);
  t.ok(broken(bent(left, lacking)).includes('gradients-once'), 'if one gradient is lacking');
  const twice: Bend = ({ jobs }) => void jobs.push(jobs.findLast(isKept));
  t.ok(broken(bent(left, twice)).includes('gradients-once'), 'if one is added twice');
  t.notOk(broken(left).includes('busy-is-kept'), 'and is all that the books keep');
  const inVain: Bend = ({ jobs, run }) => {
    const { node } = jobs.find(({ fields }: JobSeen) => fields.epoch === newest);
    run.result.nodes.busyNs[node] += run.result.nodes.redoNs[node];
  };
  t.ok(broken(bent(left, inVain)).includes('busy-is-kept'), 'if work in the newer one is kept');
  const both: Bend = ({ messages, notes }) => {
    const done = messages.find(({ kind }: any) => kind === 'FINISH');
    messages.push({ ...done, fields: { ...done.fields, epoch: newest } });
    const { value, ...last } = notes.find(({ name }: NoteSeen) => name === 'iteration');
    notes.push({ ...last, value: { ...value, epoch: newest } });
  };
  t.ok(broken(bent(left, both)).includes('gradients-once'), 'if it has ended in the newer one too');
});

t.test(
  'what is told of in a view newer than the end is no part of the final lineage',
  async (t) => {
    const ended = await evidenceOf('busy-is-kept-974610');
    const judged = ['busy-is-kept', 'gradients-once'];
    const told: Bend = ({ notes }) => {
      const { value, ...last } = notes.findLast(({ name }: NoteSeen) => name === 'iteration');
      notes.push({ ...last, value: { ...value, epoch: value.epoch + 2 ** 30 } });
    };
    const isJudged = (claim: string) => judged.includes(claim);
    t.same(broken(bent(ended, told)).filter(isJudged), []);
    const untold: Bend = (evidence) => {
      told(evidence);
      evidence.messages = evidence.messages.filter(({ kind }: any) => kind !== 'FINISH');
    };
    t.same(
      broken(bent(ended, untold)).filter(isJudged).sort(),
      judged,
      'if it has not ended before',
    );
  },
);
