/** The five states of PROTOCOLS section F, in the order of their codes. The first that applies counts. */
export const NODE_STATES = ['down', 'busy', 'redo', 'comm', 'idle'] as const;
export type NodeState = (typeof NODE_STATES)[number];
