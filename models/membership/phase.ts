/** The phases of a node in membership, drawn in membership.ts. */
export type Phase =
  | 'new'
  | 'joining'
  | 'collecting'
  | 'deciding'
  | 'promising'
  | 'promised'
  | 'installing'
  | 'training'
  | 'halted'
  | 'finished';
