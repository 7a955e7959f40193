/** Ctrl-C and its like, a closed terminal too: the first asks the run to end, the second leaves at once. */
import { EXIT } from './streams.ts';

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/** What Ctrl-C, `q` and signals call: the first time it asks to quit, the second time it leaves at once. */
export function quitter(quit: () => void): () => void {
  let asked = false;
  return () => {
    if (asked) process.exit(EXIT.interrupted);
    asked = true;
    quit();
  };
}

/** Calls `quit` at the first signal, and leaves at the second. Returns what puts the signals back as they were. */
export function onInterrupt(quit: () => void): () => void {
  const hear = quitter(quit);
  for (const signal of SIGNALS) process.on(signal, hear);
  return () => {
    for (const signal of SIGNALS) process.off(signal, hear);
  };
}
