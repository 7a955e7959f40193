/** A claim that looks at nothing is found out by a campaign that is large enough. */
import t from 'tap';
import type { Claim } from '../../../models/claims/claim.ts';
import { claimsOf, judgeClaims } from '../../../sim/fuzz/claims.ts';
import { Examination, SEEDS_ENOUGH } from '../../../sim/fuzz/examination.ts';
import { lineageWhole } from '../../../models/protocols/parameter-server/checks/lineage-whole.ts';
import { restartsOf } from '../../../models/protocols/parameter-server/checks/history.ts';
import { runCase } from '../../../sim/fuzz/run-case.ts';
import type { Evidence, JobSeen, NoteSeen } from '../../../models/claims/evidence.ts';
import { smallEvidence, smallScenario, verdictOf } from './small-case.ts';

const idle: Claim = {
  ...{ name: 'idle', says: 'nothing', examines: ['nodes', 'standbys'] },
  broken: () => null,
};

t.test(
  'a claim that saw none of what it looks at is named, once there were seeds enough',
  async (t) => {
    const examination = new Examination([idle]);
    for (let seed = 1; seed < SEEDS_ENOUGH; seed++)
      examination.add({ idle: { nodes: 3, standbys: 0 } });
    examination.add({});
    t.same(examination.idle, [], 'those of other protocols do not count');
    examination.add({ idle: { nodes: 3, standbys: 0 } });
    t.match(examination.idle, [/^idle has looked at no standbys in 400 seeds/]);
    t.equal(examination.idle.length, 1);
    t.match(examination.lines, [/^idle +looked at 1,200 nodes, 0 standbys in 400 seeds$/]);
  },
);

t.test('a claim is not asked of protocols that it is not about', async (t) => {
  const { examined } = judgeClaims(await smallEvidence('ring-tmp'));
  t.same(
    Object.keys(examined),
    claimsOf('ring-tmp').map(({ name }) => name),
  );
  t.ok(examined['one-version'].jobs > 0 && examined['lineage-whole'] === undefined);
});

const asp = await runCase({
  ...smallScenario('ps-asp'),
  protocol: { kind: 'ps-asp', replicas: 2 },
});

t.test('standbys are held to the lineage of their primary', async (t) => {
  t.same(judgeClaims(asp).examined['lineage-whole'], { gradients: 3, servers: 3 });
  t.equal(verdictOf(lineageWhole, asp), null);
  const standby = asp.roles.indexOf('standby');
  const isFirst = (fields: JobSeen['fields']): boolean =>
    fields.pass === 'update' && fields.version === 0;
  const astray = ({ node, fields, ...job }: JobSeen): JobSeen => ({
    ...{ ...job, node },
    fields: node === standby && isFirst(fields) ? { ...fields, iteration: 9 } : fields,
  });
  const evidence: Evidence = { ...asp, jobs: asp.jobs.map(astray) };
  t.match(verdictOf(lineageWhole, evidence), /of server 2 is gradient 9/);
});

t.test('a restart undoes nothing while a standby remembers', async (t) => {
  const crash = (node: number) => ({
    ...{ number: 0, rule: 0, kind: 'crash' as const, nodes: [node], timeNs: 10, endNs: 20 },
  });
  const note: NoteSeen = {
    ...{ node: 1, timeNs: 30, name: 'recovered', afterJobs: 0 },
    value: { epoch: 5, members: [0, 1], joined: [], version: 0, from: 'checkpoint' },
  };
  const after = (nodes: number[]) =>
    restartsOf({ ...asp, notes: [...asp.notes, note], faults: nodes.map(crash) });
  t.same(after([1]), [], 'its standbys have it all');
  t.same(after([1, 2, 3]), [{ epoch: 5, timeNs: 30 }]);
  const joins: NoteSeen = {
    ...{ node: 1, timeNs: 5, name: 'recovered', afterJobs: 0 },
    value: { epoch: 3, members: [0, 1, 2, 3], joined: [2], version: 1, from: 'replicas' },
  };
  const given = { ...{ transfer: 0, from: 1, to: 2, kind: 'state', bytes: 8 }, sentNs: 6 };
  const messages = [{ ...given, deliveredNs: 8, fields: { epoch: 3 } }];
  const faults = [1, 3].map(crash);
  const joined = { ...asp, notes: [...asp.notes, joins, note], faults };
  t.same(restartsOf({ ...joined, messages }), [], 'who joined has it too');
  t.same(restartsOf({ ...joined, messages: [] }), [{ epoch: 5, timeNs: 30 }]);
});
