/** A world with another one to compare it with is one world: whoever looks, holds or ends it need not know which runs. */
import t from 'tap';
import type { RunStatus, RunView } from '../../../sim/progress.ts';
import { ComparedWorld } from '../../../sim/worlds/compared.ts';
import type { ProtocolRun } from '../../../sim/worlds/protocol-run.ts';
import type { ScenarioWorld, WorldOutcome } from '../../../sim/worlds/world.ts';

/** Runs until it is told how it ends; what is asked of it it writes down. */
class ToldWorld implements ScenarioWorld {
  readonly asked: string[] = [];
  end: (outcome: Partial<WorldOutcome>) => Promise<void> = async () => {};
  private status: RunStatus = 'running';
  private readonly name: string;
  constructor(name: string) {
    this.name = name;
  }
  start(): Promise<WorldOutcome> {
    this.asked.push('start');
    return new Promise((resolve) => {
      this.end = async (outcome) => {
        this.status = outcome.wasInterrupted ? 'interrupted' : 'done';
        const runs = [{ roles: [this.name] } as unknown as ProtocolRun];
        resolve({ runs, compared: [], crash: null, wasInterrupted: false, ...outcome });
        await new Promise((later) => setImmediate(later));
      };
    });
  }
  view(): RunView {
    const events = this.name === 'first' ? { eventCount: 3, eventLog: [] } : {};
    return { scenario: this.name, status: this.status, ...events } as unknown as RunView;
  }
  pause(): void {
    this.asked.push('pause');
  }
  resume(): void {
    this.asked.push('resume');
  }
  quit(): void {
    this.asked.push('quit');
  }
}

function compared(isWorth = true) {
  const [first, second] = [new ToldWorld('first'), new ToldWorld('second')];
  const world = new ComparedWorld(first, () => second, {
    message: 'once more',
    isWorth: () => isWorth,
  });
  return { first, second, world, outcome: world.start() };
}

t.test('it is looked at and asked where it runs, and its end is that of both', async (t) => {
  const { first, second, world, outcome } = compared();
  world.pause();
  t.match(world.view(), { scenario: 'first', status: 'running', phaseMessage: undefined });
  await first.end({});
  world.resume();
  world.quit();
  t.strictSame(first.asked, ['start', 'pause']);
  t.strictSame(second.asked, ['start', 'resume', 'quit']);
  const shown = { scenario: 'second', phaseMessage: 'once more', eventCount: 3 };
  t.match(world.view(), shown, 'what befell the first stays on the screen');
  await second.end({ wasInterrupted: true });
  t.match(world.view(), { scenario: 'first', status: 'interrupted' });
  const { runs, compared: beside, wasInterrupted, crash } = await outcome;
  t.match([runs, beside], [[{ roles: ['first'] }], [{ roles: ['second'] }]]);
  t.strictSame([wasInterrupted, crash], [true, null]);
});

t.test('nothing is compared with what was interrupted, crashed or is not worth it', async (t) => {
  const crash = new Error('x');
  for (const [isWorth, how] of [
    [false, {}],
    [true, { wasInterrupted: true }],
    [true, { crash }],
  ] as const) {
    const { first, second, outcome } = compared(isWorth);
    await first.end(how);
    t.match(await outcome, { runs: [{ roles: ['first'] }], compared: [], ...how });
    t.strictSame(second.asked, []);
  }
});
