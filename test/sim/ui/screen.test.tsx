/** The screen as people see it, frame by frame, and what must hold in a terminal of any size. */
import fc from 'fast-check';
import { render } from 'ink-testing-library';
import t from 'tap';
import { NODE_STATES } from '../../../engine/node-states.ts';
import type { RunView } from '../../../sim/progress.ts';
import { frameOf } from '../../../sim/ui/frame.ts';
import { widthOf } from '../../../sim/ui/line.ts';
import { Screen } from '../../../sim/ui/screen.tsx';
import { expectedFrame, withoutTrailingBlanks } from './frame-file.ts';
import { end, faulty, lossesOf, middle, serverAndWorkers, start, recentOf } from './sample-view.ts';

function drawn(view: RunView, columns: number, rows: number): string {
  const { lastFrame, unmount } = render(<Screen view={view} columns={columns} rows={rows} />);
  const frame = lastFrame() ?? '';
  unmount();
  return withoutTrailingBlanks(frame);
}

const deadlock = [
  'deadlock after 1200 ns: nothing is left to happen, but 8 of 64 nodes are not finished',
  ...Array.from({ length: 8 }, (_none, node) => `  node ${node}  in phase forward  waits for work`),
].join('\n');

const givenUp = 'node 4 gave up: the state of position 3 is lost, and there is no checkpoint';

const frames: [string, RunView, number, number][] = [
  ['start-80x24', start(), 80, 24],
  ['middle-80x24', middle(), 80, 24],
  ['middle-100x30', middle(), 100, 30],
  ['end-80x24', end(), 80, 24],
  ['paused-80x24', middle({ status: 'paused' }), 80, 24],
  ['interrupted-80x24', middle({ status: 'interrupted' }), 80, 24],
  ['failed-80x24', middle({ status: 'failed', failure: deadlock }), 80, 24],
  ['roles-80x24', serverAndWorkers(), 80, 24],
  ['roles-40x20', serverAndWorkers(), 40, 20],
  ['narrow-40x20', middle(), 40, 20],
  ['narrow-failed-40x20', middle({ status: 'failed', failure: deadlock }), 40, 20],
  ['low-80x10', middle(), 80, 10],
  ['tiny-20x5', middle(), 20, 5],
  ['grid-1024-100x30', middle({ nodes: 1024, scenario: 'ring-1k' }), 100, 30],
  ['grid-1024-80x24', middle({ nodes: 1024, scenario: 'ring-1k' }), 80, 24],
  [
    'grid-100-80x24',
    serverAndWorkers({ nodes: 100, roles: roles(100), recent: recentOf(100) }),
    80,
    24,
  ],
  ['one-node-80x24', middle({ nodes: 1, protocols: ['seq-sgd'] }), 80, 24],
  ['faults-80x24', faulty(), 80, 24],
  ['faults-start-80x24', faulty({ health: new Uint8Array(64), eventLog: [] }), 80, 24],
  ['faults-100x30', faulty(), 100, 30],
  ['faults-40x20', faulty(), 40, 20],
  ['faults-grid-1024-80x24', faulty({ nodes: 1024, scenario: 'ring-1k' }), 80, 24],
  ['faults-few-80x24', faulty({ nodes: 8 }), 80, 24],
  ['faults-failed-80x24', faulty({ nodes: 8, status: 'failed', failure: givenUp }), 80, 24],
  [
    'threads-80x24',
    middle({
      world: 'threads',
      pausable: false,
      nodes: 4,
      recent: recentOf(4, ['busy', 'redo', 'comm', 'down']),
      shares: [{ role: 'stage', busy: 0.25, redo: 0.25, comm: 0.25, idle: 0, down: 0.25 }],
    }),
    80,
    24,
  ],
];

function roles(nodes: number): string[] {
  return Array.from({ length: nodes }, (_none, node) => (node === 0 ? 'server' : 'worker'));
}

for (const [name, view, columns, rows] of frames) {
  t.test(`frame ${name}`, async (t) => {
    const frame = drawn(view, columns, rows);
    t.equal(frame, expectedFrame(name, frame));
  });
}

const eight = Array.from({ length: 8 }, () => 'stage');
const links = { count: 2, levels: [0.1, 0.2], busiest: [{ id: '0->1', utilisation: 0.2 }] };

const anyView = fc
  .record({
    nodes: fc.oneof(fc.integer({ min: 1, max: 80 }), fc.integer({ min: 1, max: 70_000 })),
    iteration: fc.nat(200),
    status: fc.constantFrom<RunView['status'][]>(
      'running',
      'paused',
      'done',
      'failed',
      'interrupted',
    ),
    isTwoRoles: fc.boolean(),
    scenario: fc.stringMatching(/^[a-z-]{1,60}$/),
    hasFailure: fc.boolean(),
    hasFaults: fc.boolean(),
  })
  .map(({ nodes, iteration, status, isTwoRoles, scenario, hasFailure, hasFaults }) => {
    const base = hasFaults ? faulty : isTwoRoles ? serverAndWorkers : middle;
    return base({
      nodes,
      recent: recentOf(nodes),
      roles: roles(nodes),
      iteration,
      iterations: 200,
      losses: lossesOf(iteration),
      status,
      scenario,
      failure: hasFailure ? deadlock : undefined,
    });
  });

t.test(
  'any view in a terminal of any size: no line too long, no frame as high as the terminal',
  async () => {
    fc.assert(
      fc.property(
        anyView,
        fc.integer({ min: 1, max: 200 }),
        fc.integer({ min: 2, max: 70 }),
        (view, columns, rows) => {
          const lines = frameOf(view, columns, rows);
          return (
            lines.length > 0 &&
            lines.length < rows &&
            lines.every((line) => widthOf(line) <= columns)
          );
        },
      ),
    );
  },
);

t.test(
  'the wait that is left stands by the bar while the run goes on, and only then',
  async (t) => {
    const wait = { etaSeconds: 95, wallSeconds: 12 };
    t.match(drawn(middle(wait), 80, 24), /30\/60 iterations · 1 min 35 s left/);
    for (const status of ['paused', 'interrupted', 'failed', 'done'] as const)
      t.notMatch(drawn(middle({ ...wait, status }), 80, 24), / left/);
  },
);

t.test('any ring of up to 64 nodes shows every node once, on 80 x 24', async () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 64 }), (nodes) => {
      const frame = frameOf(middle({ nodes, recent: recentOf(nodes) }), 80, 24)
        .map((line) => line.map(({ text }) => text).join(''))
        .slice(3)
        .map((line) => line.slice(0, 38))
        .join('');
      // Three more stand in the legend.
      return [...frame].filter((glyph) => '○◔◑◕●×'.includes(glyph)).length === nodes + 3;
    }),
  );
});

t.test('any shares: printed percentages are right to the last digit (PROTOCOLS F)', async () => {
  const share = fc.oneof(
    fc.double({ min: 0, max: 1, noNaN: true }),
    fc.double({ min: 0, max: 0.02, noNaN: true }),
  );
  const shares = fc.record({ busy: share, redo: share, comm: share, idle: share, down: share });
  fc.assert(
    fc.property(shares, ({ busy, redo, comm, idle, down }) => {
      const sum = busy + redo + comm + idle + down;
      fc.pre(sum > 0);
      const role = {
        role: 'stage',
        busy: busy / sum,
        redo: redo / sum,
        comm: comm / sum,
        idle: idle / sum,
        down: down / sum,
      };
      const lines = frameOf(middle({ shares: [role], nodes: 8, roles: eight }), 70, 30).map(
        (line) => line.map(({ text }) => text).join(''),
      );
      const printed = (name: string) =>
        Number(new RegExp(`${name} ([\\d.]+)`).exec(lines.join('\n'))?.[1] ?? NaN);
      const isRight = (value: number, of: number) =>
        Math.abs(value - 100 * of) <= (100 * of < 0.95 ? 0.0501 : 0.501);
      const shown = (['busy', 'comm', 'idle', 'redo', 'down'] as const).filter(
        (state) => role[state] > 0 || !['redo', 'down'].includes(state),
      );
      return (
        shown.every((state) => isRight(printed(state), role[state])) &&
        isRight(printed('waiting'), role.comm + role.idle)
      );
    }),
  );
});

t.test(
  'nothing jumps: the frame keeps its rows when losses, accuracy and shares appear',
  async () => {
    const rowOf = (view: RunView, label: string) =>
      frameOf(view, 100, 30).findIndex((line) => line.some(({ text }) => text.startsWith(label)));
    for (const label of ['loss', 'accuracy', 'modelled', 'events', 'memory', 'time', 'links'])
      if (rowOf(start({ links }), label) !== rowOf(middle({ links }), label))
        throw new Error(`${label} moves`);
  },
);

t.test('cells of a crowded grid are blank where nobody works', async (t) => {
  const view = middle({ nodes: 1024, recent: recentOf(1024, ['idle']) });
  const rows = frameOf(view, 80, 24).map((line) => line.map(({ text }) => text).join(''));
  t.match(rows[3], /^ {30}/);
});

t.test('a cell of a crowded grid is not blank where somebody worked at all', async (t) => {
  const recent = recentOf(1024, ['idle']);
  recent[NODE_STATES.indexOf('busy')] = 1;
  const rows = frameOf(middle({ nodes: 1024, recent }), 200, 50).map((line) =>
    line.map(({ text }) => text).join(''),
  );
  t.match(rows[3], /^▁ {30}/);
});

t.test('a grid grows with the window up to one node a cell', async (t) => {
  const captionOf = (columns: number, rows: number) =>
    frameOf(middle({ nodes: 1024, recent: recentOf(1024) }), columns, rows)
      .map((line) => line.map(({ text }) => text).join(''))
      .find((line) => line.includes('1,024 nodes'));
  t.match(captionOf(80, 24), /2 a cell/);
  t.notMatch(captionOf(200, 50), /a cell/);
});
