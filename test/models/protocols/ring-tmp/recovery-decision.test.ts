import t from 'tap';
import fc from 'fast-check';
import { decideRecovery } from '../../../../models/protocols/ring-tmp/recovery-decision.ts';
import type { LayoutReport, NodeReport } from '../../../../models/protocols/ring-tmp/ring-view.ts';
import type { KnownView } from '../../../../models/membership/quorum.ts';

const BLOCKS = 24;

interface Case {
  readonly nodes: number;
  readonly views: readonly { epoch: number; nodes: number[]; bounds: number[] }[];
  readonly reports: readonly NodeReport[];
}

/** Any layouts, any of them held by anybody at any versions, any of the nodes there. */
const anyCase: fc.Arbitrary<Case> = fc.integer({ min: 1, max: 6 }).chain((nodes) => {
  const members = fc
    .subarray([...Array(nodes).keys()], { minLength: 1 })
    .map((list) => [...list].sort((one, other) => one - other));
  const serving = fc.record({
    low: fc.nat(4),
    more: fc.nat(1),
    there: fc.integer({ min: 0, max: 9 }),
  });
  return fc
    .record({
      members: fc.array(members, { minLength: 1, maxLength: 3 }),
      here: fc.subarray([...Array(nodes).keys()], { minLength: 1 }),
      servings: fc.array(serving, { minLength: 200, maxLength: 200 }),
      first: fc.nat(2),
    })
    .map(({ members: lists, here, servings, first }) => {
      let draw = 0;
      const views = lists.map((list, at) => ({
        epoch: 10 * (at + 1),
        nodes: list,
        bounds: [...list.map((_, p) => Math.floor((p * BLOCKS) / list.length)), BLOCKS],
      }));
      const reports = here.map((node): NodeReport => {
        const layouts = views
          .filter((view) => view.nodes.includes(node) && servings[draw++].there > 1)
          .map((view): LayoutReport => {
            const at = view.nodes.indexOf(node);
            const offer = (position: number) => {
              const { low, more } = servings[draw++];
              return { position, low, high: low + more };
            };
            const replicas = [1, 2]
              .filter((back) => back < view.nodes.length && servings[draw++].there > 4)
              .map((back) => offer((at - back + view.nodes.length) % view.nodes.length));
            return { ...view, own: [offer(at)], replicas };
          });
        const known: KnownView[] = views
          .slice(Math.min(first, views.length - 1))
          .map(({ epoch, nodes: inView }) => ({ epoch, members: inView }));
        const knows = layouts.length > 0 ? known : [];
        return { node, layouts, record: [], views: knows, beginnings: [], begun: 0 };
      });
      return { nodes, views, reports };
    });
});

/** All versions at which all positions of a view can be served, found by trying them all. */
function servable(view: Case['views'][number], reports: readonly NodeReport[]): number[] {
  const versions = [0, 1, 2, 3, 4, 5, 6];
  return versions.filter((version) =>
    view.nodes.every((_, position) =>
      reports.some(({ layouts }) =>
        layouts.some(
          ({ epoch, own, replicas }) =>
            epoch === view.epoch &&
            [...own, ...replicas].some(
              (offer) =>
                offer.position === position && offer.low <= version && version <= offer.high,
            ),
        ),
      ),
    ),
  );
}

/** Whether somebody tells of two versions of its own in that view, of which an update must have made one. */
function updatedIn({ epoch }: Case['views'][number], reports: readonly NodeReport[]): boolean {
  const layouts = reports
    .flatMap((report) => report.layouts)
    .filter((each) => each.epoch === epoch);
  return layouts.some(({ own }) => own.some(({ low, high }) => high > low));
}

t.test('C: goes on from the newest layout that can be served whole, if there is one', async (t) => {
  const seen = new Set<string>();
  fc.assert(
    fc.property(anyCase, ({ views, reports }) => {
      const decision = decideRecovery(reports, BLOCKS);
      seen.add(decision.kind);
      if (decision.kind === 'halt') return true;
      const whole = views.filter((view) => servable(view, reports).length > 0);
      const [newest] = whole.slice(-1);
      if (decision.kind !== 'go') return newest === undefined;
      const { source } = decision;
      const versions = servable(newest, reports);
      return (
        source.epoch === newest.epoch &&
        source.proven === updatedIn(newest, reports) &&
        source.version === Math.max(...versions) &&
        source.holders.every((holder, position) =>
          reports
            .find(({ node }) => node === holder)!
            .layouts.some(
              ({ epoch, own, replicas }) =>
                epoch === source.epoch &&
                [...own, ...replicas].some(
                  (offer) =>
                    offer.position === position &&
                    offer.low <= source.version &&
                    source.version <= offer.high,
                ),
            ),
        )
      );
    }),
    { numRuns: 3000 },
  );
  t.same([...seen].sort(), ['begin', 'go', 'halt', 'lost'], 'all answers were among the cases');
});

t.test('C: what is lost is named, and is what nobody serves', async (t) => {
  let lost = 0;
  fc.assert(
    fc.property(anyCase, ({ views, reports }) => {
      const decision = decideRecovery(reports, BLOCKS);
      if (decision.kind !== 'lost') return true;
      lost++;
      const { blocks } = decision;
      if (blocks.length === 0) return false;
      const [newest] = views
        .filter(({ epoch }) => reports.some((each) => each.layouts.some((l) => l.epoch === epoch)))
        .slice(-1);
      if (newest === undefined) return blocks[0][0] === 0 && blocks[0][1] === BLOCKS;
      // Without them all others can be served at one version.
      const rest = newest.nodes.flatMap((_, p) =>
        blocks.some(([low]) => low === newest.bounds[p]) ? [] : [p],
      );
      const offers = (position: number) =>
        reports.flatMap(({ layouts }) =>
          layouts
            .filter(({ epoch }) => epoch === newest.epoch)
            .flatMap(({ own, replicas }) => [...own, ...replicas])
            .filter((offer) => offer.position === position),
        );
      return [0, 1, 2, 3, 4, 5, 6].some((version) =>
        rest.every((p) => offers(p).some(({ low, high }) => low <= version && version <= high)),
      );
    }),
    { numRuns: 3000 },
  );
  t.ok(lost > 100, `${lost} were lost`);
});

t.test('C: half of the members are too few, more than half enough', async (t) => {
  const members = [0, 1, 2, 3];
  const bounds = [0, 6, 12, 18, 24];
  const report = (node: number): NodeReport => ({
    node,
    layouts: [
      {
        epoch: 5,
        nodes: members,
        bounds,
        own: [{ position: node, low: 2, high: 3 }],
        replicas: [1, 2, 3].map((back) => ({ position: (node - back + 4) % 4, low: 2, high: 3 })),
      },
    ],
    record: [],
    views: [{ epoch: 5, members }],
    begun: 0,
    beginnings: [],
  });
  t.equal(decideRecovery([0, 2].map(report), 24).kind, 'halt');
  t.match(decideRecovery([0, 2, 3].map(report), 24), {
    kind: 'go',
    source: { version: 3, holders: [0, 2, 2, 3], epoch: 5 },
  });
  const amnesiac = { ...report(1), layouts: [], views: [] };
  t.equal(
    decideRecovery([report(0), report(2), amnesiac], 24).kind,
    'halt',
    'no vote without memory',
  );
});

/** Two of three nodes, without what the third held; all are at that version. */
function gap(version: number): NodeReport[] {
  const nodes = [0, 1, 2];
  const layout = { epoch: 5, nodes, bounds: [0, 8, 16, 24], replicas: [] };
  return [0, 2].map((node) => ({
    node,
    layouts: [
      { ...layout, own: [{ position: node, low: Math.max(0, version - 1), high: version }] },
    ],
    ...{ record: [], views: [{ epoch: 5, members: nodes }], beginnings: [], begun: 0 },
  }));
}

t.test(
  'C: it begins anew without a word where no more than one step is gone, and else says lost',
  async (t) => {
    for (const version of [0, 1])
      t.same(decideRecovery(gap(version), 24), { kind: 'begin', holding: true });
    for (const version of [2, 3, 7])
      t.same(decideRecovery(gap(version), 24), {
        kind: 'lost',
        blocks: [[8, 16]],
        missing: [1],
      });
    const back = { ...gap(2)[0], node: 1, layouts: [], views: [] };
    t.same(
      decideRecovery([...gap(2), back], 24),
      { kind: 'lost', blocks: [[8, 16]], missing: [] },
      'nobody is waited for who has come back empty',
    );
  },
);
