/** Ctrl-C and its like: the first asks the run to end, the second leaves at once. */
import { EXIT } from './streams.ts';

const SIGNALS = ['SIGINT', 'SIGTERM'] as const;

/** Calls `quit` at the first signal. Returns what puts the signals back as they were. */
export function onInterrupt(quit: () => void): () => void {
  let asked = false;
  const hear = (): void => {
    if (asked) process.exit(EXIT.interrupted);
    asked = true;
    quit();
  };
  for (const signal of SIGNALS) process.on(signal, hear);
  return () => {
    for (const signal of SIGNALS) process.off(signal, hear);
  };
}
