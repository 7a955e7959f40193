/**
 * The states of single nodes by number, and what each event makes of each: worked out once, by the node's own code, and
 * looked up from then on. A node changes by its own events alone, so that a world of a few nodes has few of these however
 * many states it has itself: millions of states are so many rows of numbers.
 */
import type { NodeId } from '../../../engine/world.ts';
import type { CountSettings } from './counting-node.ts';
import { type Effect, type LocalEvent, LocalNode } from './local-node.ts';

/** What can be seen of a node's state from outside. */
export interface LocalState {
  readonly local: LocalNode;
  readonly isUp: boolean;
  readonly isWriting: boolean;
  readonly incarnation: number;
  readonly watched: readonly NodeId[];
  readonly alarms: readonly string[];
  /** By number of the event. */
  readonly moves: Map<number, Move>;
}

export interface Move {
  readonly to: number;
  /** A promise that is said and not kept on the disk (S4). */
  readonly isRash: boolean;
  readonly effects: readonly Effect[];
}

/** Numbers for things that are equal where their texts are. */
export class Numbers {
  readonly texts: string[] = [];
  private readonly numbers = new Map<string, number>();

  of(text: string): number {
    let number = this.numbers.get(text);
    if (number === undefined) {
      number = this.texts.push(text) - 1;
      this.numbers.set(text, number);
    }
    return number;
  }
}

export class LocalStates {
  readonly states: LocalState[] = [];
  private readonly numbers = new Numbers();
  private readonly events = new Numbers();
  private readonly settings: CountSettings;

  constructor(settings: CountSettings) {
    this.settings = settings;
  }

  /** The state of a node at the beginning of the run, and what it has done for others by then. */
  beginning(self: NodeId): Move {
    return this.settle(this.fresh(self));
  }

  /** A node that has just begun. */
  fresh(self: NodeId): LocalNode {
    const local = new LocalNode(self, this.settings);
    local.begin();
    return local;
  }

  /** The number of an event, for `move`. */
  event(event: LocalEvent): number {
    return this.events.of(JSON.stringify(event));
  }

  eventOf(number: number): LocalEvent {
    return JSON.parse(this.events.texts[number]) as LocalEvent;
  }

  move(from: number, event: number): Move {
    const { moves, local } = this.states[from];
    let move = moves.get(event);
    if (move === undefined) {
      const next = copyOf(local, new Map([[this.settings, this.settings]]));
      next.take(this.eventOf(event));
      move = this.settle(next);
      moves.set(event, move);
    }
    return move;
  }

  private settle(local: LocalNode): Move {
    const { effects } = local;
    local.effects = [];
    const to = this.numbers.of(local.text());
    if (to === this.states.length) {
      const { node, verbs, disk, incarnation } = local;
      this.states.push({
        ...{ local, incarnation, isUp: node !== null, isWriting: disk.writing !== null },
        watched: [...(verbs?.watched ?? [])].sort(),
        alarms: [...(verbs?.alarms ?? [])].sort(),
        moves: new Map(),
      });
    }
    return { to, effects, isRash: effects.some((effect) => isRash(effect, local.disk.record)) };
  }
}

/** Whether a promise is said that is not on the disk. */
function isRash(effect: Effect, record: string | null): boolean {
  if (effect[0] !== 'sends') return false;
  const { kind, epoch } = JSON.parse(effect[2]) as { kind: string; epoch: number };
  return kind === 'PROMISE' && epoch > ((record && JSON.parse(record).promised) ?? 0);
}

/** A copy of all that can be reached, with the same classes. */
function copyOf<T>(value: T, known: Map<object, object>): T {
  if (typeof value !== 'object' || value === null) return value;
  const there = known.get(value);
  if (there !== undefined) return there as T;
  if (value instanceof Map) {
    const copy = new Map();
    known.set(value, copy);
    for (const [key, item] of value) copy.set(key, copyOf(item, known));
    return copy as T;
  }
  if (value instanceof Set) {
    const copy = new Set();
    known.set(value, copy);
    for (const item of value) copy.add(copyOf(item, known));
    return copy as T;
  }
  const copy = Array.isArray(value) ? [] : Object.create(Object.getPrototypeOf(value));
  known.set(value, copy);
  for (const key of Object.keys(value)) copy[key] = copyOf((value as any)[key], known);
  return copy;
}
