/** A head that is told late what was true before: single nodes of a parameter server, fed by hand. */
import t from 'tap';
import { alone, promise, pull, push } from './lone-node.ts';

/** A head of three workers and a standby, all of which have work in hand. */
function head(kind: string) {
  const lone = alone(3, kind, { nodes: 5, replicas: 1 });
  const { says, kinds } = lone;
  for (const worker of [0, 1, 2]) says(pull, worker);
  /** These promise the epoch that the head asks for. */
  const promised = (...nodes: number[]): number => {
    const { epoch } = kinds('prepare').at(-1)!;
    const view = { epoch: 0, chain: [3, 4], lives: [0, 0, 0, 0, 0], sessions: [0, 0, 0, 0, 0] };
    for (const from of nodes) {
      const { report } = promise(epoch, from === 4 ? 0 : -1);
      says({ kind: 'promised', epoch, report: { ...report, view, settled: view } }, from);
    }
    return epoch;
  };
  return { ...lone, promised };
}

t.test(
  'D: what a worker was given since it entered the view stays in its hands, however late it says what it had then',
  async (t) => {
    const { says, work, kinds, node, promised } = head('ps-bsp');
    node.suspected!(1);
    const epoch = promised(0, 2, 4);
    for (const from of [2, 4]) says({ kind: 'installed', epoch, life: 0, working: [] }, from);
    says(push, 0);
    work();
    says(pull, 0);
    t.same(kinds('work').at(-1)!.shares, [1], 'worker 0 is given the share of worker 1');
    const working = [{ share: 0, clock: 0 }];
    says({ kind: 'installed', epoch, life: 0, working }, 0);
    t.match(node.waitsFor(), /1 \(worker 0 has it\)/);
  },
);

t.test('D: a worker that is let in anew with its share in hand does nothing again', async (t) => {
  const { says, kinds, node, notes, promised } = head('ps-bsp');
  says({ kind: 'join', life: 0, promised: 0 }, 1);
  const epoch = promised(0, 1, 2, 4);
  for (const from of [0, 1, 2, 4]) {
    const working = from === 4 ? [] : [{ share: from, clock: 0 }];
    says({ kind: 'installed', epoch, life: 0, working }, from);
  }
  t.ok(notes.includes('recovered'));
  t.notOk(notes.includes('redone'));
  t.match(node.waitsFor(), /1 \(worker 1 has it\)/);
  t.equal(kinds('work').length, 3, 'nothing is given out again');
});
