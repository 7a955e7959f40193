import t from 'tap';
import fc from 'fast-check';
import { decideRecovery } from '../../../../models/protocols/ring-tmp/recovery/recovery-decision.ts';
import type {
  LayoutReport,
  NodeReport,
} from '../../../../models/protocols/ring-tmp/layout/ring-view.ts';
import { assemblyOf } from './assembly.ts';

const BLOCKS = 24;

interface Case {
  readonly nodes: number;
  readonly views: readonly { epoch: number; nodes: number[]; bounds: number[] }[];
  readonly reports: readonly NodeReport[];
  /** The newest view known to be complete, and those since. */
  readonly known: Case['views'];
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
        return { node, layouts: layouts.reverse(), record: [], begun: [] };
      });
      const known = views.slice(Math.min(first, views.length - 1));
      return { nodes, views, reports, known };
    });
});

/** What is decided; a node without a layout has come back without memory. */
function decide({ reports, known }: Case) {
  const members = known.map(({ epoch, nodes }) => ({ epoch, members: nodes }));
  const joining = reports.filter(({ layouts }) => layouts.length === 0).map(({ node }) => node);
  return decideRecovery(assemblyOf(reports, members, joining), BLOCKS);
}

/** Whether a member that has kept its memory can tell how far the newest of those views got that anybody was ever in. */
function witnessed({ reports, known }: Case): boolean {
  const newest = known.findLast(({ epoch, nodes }) => {
    const here = reports.filter(({ node, layouts }) => nodes.includes(node) && layouts.length > 0);
    return here.length === 0 || here.some(({ layouts }) => layouts[0].epoch >= epoch);
  });
  return (
    newest !== undefined &&
    reports.some(({ node, layouts }) => newest.nodes.includes(node) && layouts.length > 0)
  );
}

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
    fc.property(anyCase, (given) => {
      const { views, reports, known } = given;
      const decision = decide(given);
      seen.add(decision.kind);
      if (!witnessed(given)) return decision.kind === 'lost';
      const usable = views.filter(({ epoch }) => epoch >= known[0].epoch);
      const whole = usable.filter((view) => servable(view, reports).length > 0);
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
  t.same([...seen].sort(), ['begin', 'go', 'lost'], 'all answers were among the cases');
});

t.test('C: what is lost is named, and is what nobody serves', async (t) => {
  let lost = 0;
  fc.assert(
    fc.property(anyCase, (given) => {
      const { views, reports, known } = given;
      const decision = decide(given);
      if (decision.kind !== 'lost') return true;
      lost++;
      const { blocks } = decision;
      if (blocks.length === 0) return false;
      const [newest] = views
        .filter(({ epoch }) => witnessed(given) && epoch >= known[0].epoch)
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

t.test(
  'C: what is left of older views is not gone on from where nobody can tell what was done since',
  async (t) => {
    const members = [0, 1, 2];
    const bounds = [0, 8, 16, 24];
    const held = members.map((position) => ({ position, low: 2, high: 3 }));
    const layout = { epoch: 5, nodes: members, bounds, own: [held[0]], replicas: held.slice(1) };
    const left: NodeReport = { node: 0, layouts: [layout], record: [], begun: [] };
    const back = [1, 2].map((node): NodeReport => ({ ...left, node, layouts: [] }));
    const old = { epoch: 5, members };
    const since = { epoch: 9, members: [1, 2] };
    const decide = (known: readonly (typeof old)[], joining: number[]) =>
      decideRecovery(assemblyOf([left, ...back], known, joining), 24);
    t.match(decide([old], [1, 2]), { kind: 'go', source: { epoch: 5, version: 3 } });
    t.match(decide([old, since], [1, 2]), { kind: 'lost', blocks: [[0, 24]], missing: [] });
    t.match(decide([old, since], [2]), { kind: 'go' }, 'but where a member was never in it');
    t.match(decide([], [0, 1, 2]), { kind: 'lost' }, 'and not where all disks are lost');
  },
);

/** Two of three nodes, without what the third held; all are at that version. */
function gap(version: number): NodeReport[] {
  const nodes = [0, 1, 2];
  const layout = { epoch: 5, nodes, bounds: [0, 8, 16, 24], replicas: [] };
  return [0, 2].map((node) => ({
    node,
    layouts: [
      { ...layout, own: [{ position: node, low: Math.max(0, version - 1), high: version }] },
    ],
    ...{ record: [], begun: [] },
  }));
}

t.test(
  'C: it begins anew without a word where no more than one step is gone, and else says lost',
  async (t) => {
    const decide = (reports: NodeReport[], joining: number[] = []) =>
      decideRecovery(assemblyOf(reports, [{ epoch: 5, members: [0, 1, 2] }], joining), 24);
    for (const version of [0, 1]) t.same(decide(gap(version)), { kind: 'begin', holding: true });
    for (const version of [2, 3, 7])
      t.same(decide(gap(version)), {
        kind: 'lost',
        blocks: [[8, 16]],
        missing: [1],
      });
    const back = { ...gap(2)[0], node: 1, layouts: [] };
    t.same(
      decide([...gap(2), back], [1]),
      { kind: 'lost', blocks: [[8, 16]], missing: [] },
      'nobody is waited for who has come back empty',
    );
  },
);
