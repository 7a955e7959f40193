/**
 * Interrupted at any instant, a command ends with 130 or 143, its results are whole or untouched, and nothing is left.
 * The instants are spread over the first seconds, wherever a machine has got by then.
 */
import t from 'tap';
import { COMMANDS, Ground, interrupt, STATUS } from './interrupts-sweep.ts';

const INSTANTS_MS = [150, 700, 1300, 2200];

for (const [index, command] of COMMANDS.entries()) {
  t.test(`${command} leaves nothing behind at any instant`, async (t) => {
    const ground = new Ground();
    t.teardown(() => ground.remove());
    for (const [instant, afterMs] of INSTANTS_MS.entries()) {
      const signal = (index + instant) % 2 === 0 ? 'SIGINT' : 'SIGTERM';
      const { status, faults } = await interrupt(ground, command, signal, afterMs + 70 * index);
      t.strictSame(faults, [], `${signal} after ${afterMs} ms`);
      // Only the file of flows may be done by then.
      if (command !== 'flows' || status !== 0) t.equal(status, STATUS[signal]);
    }
  });
}
