/** What the process that conducts a run and those of its nodes say beside what is said to and by any station. */
import type { StationSetup } from '../stations/station-messages.ts';

/** The first message: what runs here. */
export interface PlaceInProcess {
  readonly kind: 'place';
  readonly setup: StationSetup;
  /** Folder with the sockets of all nodes, the code of a node's thread and the work. */
  readonly folder: string;
}

/** It hears from now on: what is said before is lost. */
export interface Here {
  readonly kind: 'here';
}
