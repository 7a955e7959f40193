/**
 * A status line on the terminal before there is anything to show: loading the program and its data takes a second.
 * The line disappears when anything else is written.
 */
import { plainLine } from '../plain-text.ts';

export class OpeningLine {
  private readonly terminal: { write(text: string): unknown } | null;
  private isShown = false;

  /** @param terminal where the line is written; null where nobody looks */
  constructor(terminal: { write(text: string): unknown } | null) {
    this.terminal = terminal;
  }

  show(what: string): void {
    if (this.terminal === null) return;
    this.clear();
    this.terminal.write(`${plainLine(what)} ...`);
    this.isShown = true;
  }

  clear(): void {
    if (!this.isShown) return;
    this.isShown = false;
    this.terminal!.write('\r\u001b[K');
  }

  /** The stream, with the line gone before anything else is written to it. */
  before(stream: { write(text: string): unknown }): { write(text: string): unknown } {
    return {
      write: (text) => {
        this.clear();
        return stream.write(text);
      },
    };
  }
}
