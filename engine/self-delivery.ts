/** Messages of nodes to themselves: they need no network, arrive at once, and are lost if their incarnation has ended. */
import type { Parcel } from './parcel.ts';
import type { Kernel } from './kernel.ts';
import type { NodeId } from './world.ts';

/** A message to the sender itself. */
export interface OwnMessage {
  readonly node: NodeId;
  readonly incarnation: number;
  readonly parcel: Parcel;
}

/** Who sends it. */
interface Sender {
  readonly self: NodeId;
  readonly incarnation: number;
}

export class SelfDelivery {
  private readonly kernel: Kernel;
  private readonly messages = new Map<number, OwnMessage>();
  private readonly delivery: number;

  /** `deliver` is called for each message when it is due. */
  constructor(kernel: Kernel, deliver: (message: OwnMessage) => void) {
    this.kernel = kernel;
    this.delivery = kernel.register((number) => {
      const message = this.messages.get(number)!;
      this.messages.delete(number);
      deliver(message);
    });
  }

  send({ self, incarnation }: Sender, parcel: Parcel): void {
    const number = parcel.number % 2 ** 31;
    this.messages.set(number, { node: self, incarnation, parcel });
    this.kernel.schedule(this.kernel.now, this.delivery, number, 0);
  }
}
