/** Messages of a run, with those that nodes relayed taken out of their envelopes. */
import type { Evidence, Fields, MessageSeen } from './evidence.ts';

interface Envelope {
  readonly origin: number;
  /** The nodes that relay it after the receiver. */
  readonly path: readonly number[];
  readonly message: Fields & { readonly kind: string };
}

/** Messages as their final receiver got them, and when; null where one did not arrive. */
export function deliveriesOf({ messages }: Evidence): MessageSeen[] {
  return messages.flatMap((seen) => {
    if (seen.kind !== 'RELAY') return [seen];
    const { origin, path, message } = seen.fields as unknown as Envelope;
    return path.length > 0 ? [] : [{ ...seen, from: origin, kind: message.kind, fields: message }];
  });
}

/** Messages as their first sender sent them, and when. */
export function sendingsOf({ messages }: Pick<Evidence, 'messages'>): MessageSeen[] {
  return messages.flatMap((seen) => {
    if (seen.kind !== 'RELAY') return [seen];
    const { origin, message } = seen.fields as unknown as Envelope;
    return seen.from === origin ? [{ ...seen, kind: message.kind, fields: message }] : [];
  });
}
