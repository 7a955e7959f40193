/** `--trace` and `--trace-limit`, of any command that runs a scenario. */
import { closeSpool, openSpool, type TraceRequest } from '../output/trace-spool.ts';
import { BadInput } from '../scenario/bad-input.ts';
import { show } from '../scenario/show.ts';

export interface TraceOptions {
  readonly trace?: boolean;
  /** Jobs and messages of each run, at most. */
  readonly traceLimit?: number;
}

/** Default of --trace-limit: some 400 MB of trace.json, which a viewer still opens. */
const TRACE_LIMIT = 1_000_000;

export function readLimit(text: string): number {
  const limit = Number(text);
  if (/^\d+$/.test(text) && Number.isSafeInteger(limit)) return limit;
  throw new BadInput(
    `--trace-limit is ${show(text)}; a whole number of jobs and messages would be right`,
  );
}

/** Runs with a spool file for the trace, if one is asked for, until the results are written. */
export async function spooled(
  { trace, traceLimit = TRACE_LIMIT }: TraceOptions,
  run: (trace: TraceRequest | null) => Promise<number>,
): Promise<number> {
  if (!trace) return run(null);
  const file = openSpool();
  try {
    return await run({ file, limit: traceLimit });
  } finally {
    closeSpool(file);
  }
}

/** A warning if there is a limit and nothing that it limits. */
export function idleLimit({ trace, traceLimit }: TraceOptions): string[] {
  const isIdle = traceLimit !== undefined && !trace;
  return isIdle ? ['--trace-limit has no effect without --trace'] : [];
}
