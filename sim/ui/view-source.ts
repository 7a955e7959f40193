/** The source of views and the end of a progress display, for the screen and the plain lines. */
import type { RunView } from '../progress.ts';

export interface ViewSource {
  /** The present view. Called often: cheap, and without effect on the run. */
  view(): RunView;
}

export interface Progress {
  /** Shows the last view and ends the display. May be called twice. */
  done(): Promise<void>;
}
