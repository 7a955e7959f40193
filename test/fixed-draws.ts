/**
 * Has the properties of a test file drawn from a fixed seed, so that a change is judged by what it changes and not by
 * luck: what they look for in whole runs full of faults, `npm run fuzz` looks for at random. `DRAWS_FROM=<number>` draws
 * others.
 */
import fc from 'fast-check';

fc.configureGlobal({ seed: Number(process.env.DRAWS_FROM ?? 1) });
