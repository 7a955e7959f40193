/**
 * When each rule injects a fault, into which nodes, and when the fault ends. Records all injected faults. It must not
 * know what a fault does: its subjects do.
 */
import { END_NS, type Kernel } from '../kernel.ts';
import type { Observers } from '../observers.ts';
import { randomStream } from '../random.ts';
import type { NodeId, RandomStream } from '../world.ts';
import { checkRules } from './check-rules.ts';
import { chooseTargets, nodesAtWires } from './choose-targets.ts';
import type { FaultEffect, FaultRule, InjectedFault } from './fault-rule.ts';
import { drawIntervalNs } from './renewal.ts';

/** What faults act on. */
export interface FaultSubjects {
  isUp(node: NodeId): boolean;
  /** Whether a fault that hit nodes has had any effect so far. */
  isFelt(fault: InjectedFault, effect: FaultEffect): boolean;
  /** The fault takes effect on its nodes, of which there is at least one. */
  begin(fault: InjectedFault, effect: FaultEffect): void;
  /** The fault is over. */
  end(fault: InjectedFault, effect: FaultEffect): void;
}

/** A rule with its random streams. Times have a stream of their own, so that other targets change no time. */
interface Process {
  readonly rule: FaultRule;
  readonly times: RandomStream;
  readonly targets: RandomStream;
}

export class FaultSchedule {
  readonly faults: InjectedFault[] = [];
  /** Faults at fixed times, and ends of faults, that are pending. */
  awaited = 0;
  /** How many of them have happened. */
  come = 0;

  /** When the first fault strikes; infinite if none ever does. */
  firstNs = Infinity;

  private readonly kernel: Kernel;
  private readonly observers: Observers;
  private readonly subjects: FaultSubjects;
  private readonly processes: readonly Process[];
  /** The effect of each fault, by its number. */
  private readonly effects: FaultEffect[] = [];
  private readonly faultDue: number;
  private readonly endDue: number;

  /** Throws a RangeError, in a sentence, for a rule that makes no sense. */
  constructor(
    kernel: Kernel,
    observers: Observers,
    rules: readonly FaultRule[],
    seed: number,
    nodeCount: number,
    subjects: FaultSubjects,
  ) {
    checkRules(rules, nodeCount);
    this.kernel = kernel;
    this.observers = observers;
    this.subjects = subjects;
    this.processes = rules.map((rule, index) => ({
      rule,
      times: randomStream(seed, `faults/${index}`),
      targets: randomStream(seed, `faults/${index}/targets`),
    }));
    this.faultDue = kernel.register((index) => this.inject(index));
    this.endDue = kernel.register((number) => this.end(number));
    for (const [index, { rule }] of this.processes.entries()) {
      if ('atNs' in rule.timing) {
        if (rule.timing.atNs >= END_NS) continue;
        this.awaited++;
        this.firstNs = Math.min(this.firstNs, rule.timing.atNs);
        kernel.schedule(rule.timing.atNs, this.faultDue, index, 0);
      } else this.scheduleNext(index, rule.timing.fromNs);
    }
  }

  /** Rules, by their place in the scenario's list, whose faults had no effect on anything; ascending. */
  idleRules(): number[] {
    const idle = new Set(this.processes.map(({ rule }) => rule.rule));
    for (const fault of this.faults) {
      if (fault.nodes.length === 0 || !idle.has(fault.rule)) continue;
      if (this.subjects.isFelt(fault, this.effects[fault.number])) idle.delete(fault.rule);
    }
    return [...idle].sort((one, other) => one - other);
  }

  /** Schedules the rule's next fault after that time, if there is one. */
  private scheduleNext(index: number, lastNs: number): void {
    const { rule, times } = this.processes[index];
    if ('atNs' in rule.timing) return;
    const { meanNs, shape, untilNs } = rule.timing;
    const nextNs = lastNs + drawIntervalNs(meanNs, shape, times);
    if (nextNs >= untilNs || nextNs >= END_NS) return;
    this.firstNs = Math.min(this.firstNs, nextNs);
    this.kernel.schedule(nextNs, this.faultDue, index, 0);
  }

  private inject(index: number): void {
    const { rule, targets } = this.processes[index];
    const { effect } = rule;
    const now = this.kernel.now;
    if ('atNs' in rule.timing) this.pass();
    else this.scheduleNext(index, now);
    const nodes =
      'target' in effect
        ? chooseTargets(effect.target, (node) => this.subjects.isUp(node), targets)
        : nodesAtWires(effect);
    const struck = nodes.length > 0;
    const endNs = struck ? this.endOf(effect, now) : now;
    const number = this.faults.length;
    const fault = { number, rule: rule.rule, kind: effect.kind, nodes, timeNs: now, endNs };
    this.faults.push(fault);
    this.effects.push(effect);
    for (const node of nodes) this.kernel.fold(number, index, node);
    this.observers.faultBegan(fault, effect);
    if (!struck) return;
    if (endNs !== null) {
      this.awaited++;
      this.kernel.schedule(endNs, this.endDue, number, 0);
    }
    this.subjects.begin(fault, effect);
  }

  /** When a fault ends; null if never, or after the end of modelled time. */
  private endOf({ forNs }: FaultEffect, nowNs: number): number | null {
    return forNs === null || nowNs + forNs >= END_NS ? null : nowNs + forNs;
  }

  private end(number: number): void {
    this.pass();
    const fault = this.faults[number];
    this.observers.faultEnded(fault, this.kernel.now);
    this.subjects.end(fault, this.effects[number]);
  }

  private pass(): void {
    this.awaited--;
    this.come++;
  }
}
