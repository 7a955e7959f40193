/**
 * Membership where nothing can fail: all nodes there are are in one view from the first moment to the last. It costs no
 * event.
 */
import type { Membership } from './membership.ts';
import type { View } from './view.ts';

/** What a protocol asks of membership, whichever it is. */
export type ViewService<Inventory, Plan> = Pick<
  Membership<Inventory, Plan>,
  | 'phase'
  | 'view'
  | 'start'
  | 'receive'
  | 'suspected'
  | 'woken'
  | 'persisted'
  | 'decided'
  | 'committed'
  | 'initiate'
  | 'workDone'
  | 'admitting'
  | 'admits'
  | 'waitsFor'
>;

/** What it needs of a protocol. */
export interface FixedHost<Plan> {
  install(view: View, plan: Plan): void;
  ended(epoch: number): void;
}

export class FixedView<Plan> implements ViewService<unknown, Plan> {
  phase: 'new' | 'training' | 'finished' = 'new';
  view: View | null = null;
  private readonly host: FixedHost<Plan>;
  private readonly only: View;
  private readonly plan: Plan;

  /** The only view and its plan; all nodes may share them. */
  constructor(host: FixedHost<Plan>, view: View, plan: Plan) {
    this.host = host;
    this.only = view;
    this.plan = plan;
  }

  start(): void {
    this.phase = 'training';
    this.view = this.only;
    this.host.install(this.only, this.plan);
  }

  /** This node has nothing left to do, and is asked for nothing more. */
  workDone(): void {
    this.phase = 'finished';
    this.host.ended(this.only.epoch);
  }

  admits(): boolean {
    return true;
  }

  admitting(): boolean {
    return false;
  }

  receive(): boolean {
    return false;
  }

  woken(): boolean {
    return false;
  }

  waitsFor(): string {
    return 'nothing';
  }

  suspected(): void {}

  persisted(): void {}

  decided(): void {}

  committed(): void {}

  initiate(): void {}
}
