/** CH of PROTOCOLS section 0: loss only delays. */
import { talks, type Claim } from '../../../models/claims/claim.ts';

export const channelPrefix: Claim<'messages'> = {
  name: 'channel-prefix',
  says: 'CH: what is delivered is a prefix of what was sent, for each pair of incarnations of two nodes, and each channel',
  about: talks,
  examines: ['messages'],
  broken({ channelFaults, messages }, saw) {
    saw('messages', messages.length);
    return channelFaults[0] ?? null;
  },
};
