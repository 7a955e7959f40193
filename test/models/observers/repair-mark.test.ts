/** When something counts as failed, and until when. */
import t from 'tap';
import type { FaultKind, InjectedFault } from '../../../engine/faults/fault-rule.ts';
import { RepairMark } from '../../../models/observers/waiting/repair-mark.ts';

const fault = (kind: FaultKind, number = 0): InjectedFault => ({
  ...{ number, rule: 0, kind, nodes: [1], timeNs: 5, endNs: null },
});
const iteration = (epoch: number) => ({ iteration: 3, samples: 8, loss: null, epoch });
const recovered = (epoch: number) => ({
  ...{ epoch, members: [0], joined: [], version: 3, from: 'replicas' as const },
});

t.test('a repair is complete with the first iteration in its view', (t) => {
  const mark = new RepairMark();
  t.notOk(mark.isSet);
  mark.faultBegan(fault('crash'));
  mark.noted('iteration', iteration(0));
  t.ok(mark.isSet, 'nobody has noticed');
  mark.noticed();
  mark.noted('iteration', iteration(0));
  mark.noted('recovered', recovered(7));
  t.ok(mark.isSet, 'a view is agreed on');
  mark.noted('iteration', iteration(0));
  t.ok(mark.isSet, 'told late by an older view');
  mark.noted('iteration', iteration(7));
  t.notOk(mark.isSet);
  mark.faultEnded(fault('crash'));
  t.ok(mark.isSet, 'the host is back');
  mark.noted('repair', { epoch: 8, gone: [] });
  mark.noted('iteration', iteration(7));
  t.ok(mark.isSet, 'the view changes for it');
  mark.noted('recovered', recovered(8));
  mark.noted('iteration', iteration(8));
  t.notOk(mark.isSet);
  t.end();
});

t.test('a fault that nobody notices is over with the next iteration', (t) => {
  const mark = new RepairMark();
  mark.faultBegan(fault('pause'));
  mark.faultBegan(fault('cut', 1));
  mark.faultEnded(fault('pause'));
  mark.noted('iteration', iteration(0));
  t.ok(mark.isSet, 'the other one lasts');
  mark.faultEnded(fault('cut', 1));
  t.ok(mark.isSet);
  mark.noted('iteration', iteration(0));
  t.notOk(mark.isSet);
  for (const kind of ['slow', 'degrade', 'loss'] as const) {
    mark.faultBegan(fault(kind, 2));
    mark.faultEnded(fault(kind, 2));
    t.notOk(mark.isSet, kind);
  }
  t.end();
});
