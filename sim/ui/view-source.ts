/** Where views come from and how a progress display ends: the same for the screen and the plain lines. */
import type { RunView } from '../progress.ts';

export interface ViewSource {
  /** How the run stands now. Called often: cheap, and without effect on the run. */
  view(): RunView;
}

export interface Progress {
  /** Shows the last view and ends the display. May be called twice. */
  done(): Promise<void>;
}
