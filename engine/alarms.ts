/**
 * A node's alarms by name. An alarm that falls due during a job waits here until it is taken; cancelling it, or
 * setting it again, removes it from the waiting ones too. While the host is paused, so are its alarms.
 */
import type { Kernel } from './kernel.ts';
import type { NodeId } from './world.ts';

interface Alarm {
  readonly name: string;
  /** Handle of its event; null when it is not set. */
  event: number | null;
  /** When it is due, and its number in the order of setting. */
  timeNs: number;
  setting: number;
}

export class Alarms {
  private readonly kernel: Kernel;
  private readonly kind: number;
  private readonly self: NodeId;
  /** An alarm's number, the second number of its event, is its place in this list. */
  private readonly alarms: Alarm[] = [];
  private readonly dueNames: string[] = [];
  private settings = 0;
  private stoppedNs = 0;

  /** A due alarm is an event of that kind, with the node and the number of the alarm. */
  constructor(kernel: Kernel, kind: number, self: NodeId) {
    this.kernel = kernel;
    this.kind = kind;
    this.self = self;
  }

  set(name: string, timeNs: number): void {
    this.cancel(name);
    let number = this.alarms.findIndex((alarm) => alarm.name === name);
    if (number < 0) number = this.alarms.push({ name, event: null, timeNs: 0, setting: 0 }) - 1;
    const alarm = this.alarms[number];
    alarm.timeNs = timeNs;
    alarm.setting = this.settings++;
    alarm.event = this.kernel.schedule(timeNs, this.kind, this.self, number);
  }

  cancel(name: string): void {
    const alarm = this.alarms.find((one) => one.name === name);
    if (alarm && alarm.event !== null) {
      this.kernel.cancel(alarm.event);
      alarm.event = null;
    }
    const waiting = this.dueNames.indexOf(name);
    if (waiting >= 0) this.dueNames.splice(waiting, 1);
  }

  /** The host is paused: each alarm keeps its remaining time. */
  stop(): void {
    this.stoppedNs = this.kernel.now;
    for (const { event } of this.alarms) if (event !== null) this.kernel.cancel(event);
  }

  /** The host resumes: all alarms are due that much later, in the same order. */
  goOn(): void {
    const lateNs = this.kernel.now - this.stoppedNs;
    const set = this.alarms.filter((alarm) => alarm.event !== null);
    set.sort((one, other) => one.setting - other.setting);
    for (const alarm of set) {
      alarm.timeNs += lateNs;
      const number = this.alarms.indexOf(alarm);
      alarm.event = this.kernel.schedule(alarm.timeNs, this.kind, this.self, number);
    }
  }

  /** The host has crashed: no alarm is set or due. */
  clear(): void {
    for (const alarm of this.alarms) {
      if (alarm.event !== null) this.kernel.cancel(alarm.event);
      alarm.event = null;
    }
    this.dueNames.length = 0;
  }

  /** The alarm's event has fired: it waits to be taken. */
  fallDue(number: number): void {
    const alarm = this.alarms[number];
    alarm.event = null;
    this.dueNames.push(alarm.name);
  }

  /** Takes the alarm that fell due first; null if there is none. */
  take(): string | null {
    return this.dueNames.length > 0 ? this.dueNames.shift()! : null;
  }
}
