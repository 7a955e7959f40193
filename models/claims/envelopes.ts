/** Messages of a ring, those that went the long way round a cut edge taken out of their envelopes. */
import type { Evidence, Fields, MessageSeen } from './evidence.ts';

interface Envelope {
  readonly origin: number;
  /** Who is to hand it on after the receiver. */
  readonly path: readonly number[];
  readonly message: Fields & { readonly kind: string };
}

/** What reached its last receiver, and when; null where it did not. */
export function deliveriesOf({ messages }: Evidence): MessageSeen[] {
  return messages.flatMap((seen) => {
    if (seen.kind !== 'RELAY') return [seen];
    const { origin, path, message } = seen.fields as unknown as Envelope;
    return path.length > 0 ? [] : [{ ...seen, from: origin, kind: message.kind, fields: message }];
  });
}

/** What was sent by whom it comes from, and when. */
export function sendingsOf({ messages }: Pick<Evidence, 'messages'>): MessageSeen[] {
  return messages.flatMap((seen) => {
    if (seen.kind !== 'RELAY') return [seen];
    const { origin, message } = seen.fields as unknown as Envelope;
    return seen.from === origin ? [{ ...seen, kind: message.kind, fields: message }] : [];
  });
}
