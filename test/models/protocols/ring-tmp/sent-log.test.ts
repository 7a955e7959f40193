import t from 'tap';
import fc from 'fast-check';
import { SentLog } from '../../../../models/protocols/ring-tmp/sent-log.ts';

t.test(
  'C: a log gives all that was sent from any number on, until it is to forget it',
  async (t) => {
    const steps = fc.array(fc.record({ adds: fc.nat(4), forgets: fc.nat(12) }), { maxLength: 12 });
    fc.assert(
      fc.property(fc.nat(9), steps, (first, steps) => {
        const log = new SentLog<number>(first);
        let [oldest, end] = [first, first];
        for (const { adds, forgets } of steps) {
          for (let k = 0; k < adds; k++) log.add(end++);
          const to = first + forgets;
          const gone = Math.max(0, Math.min(to, end) - oldest);
          if (log.forget(to) !== gone) return false;
          oldest += gone;
          for (let index = oldest; index <= end; index++)
            if (
              log.from(index).join() !== [...Array(end - index).keys()].map((k) => index + k).join()
            )
              return false;
        }
        return log.end === end;
      }),
    );
    const log = new SentLog<number>(6);
    log.add(6);
    log.forget(7);
    t.throws(() => log.from(6), /begins with entry 7, and 6 was asked for/);
  },
);
