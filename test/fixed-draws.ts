/**
 * Has all properties drawn from a fixed seed, so that a change is judged by what it changes and not by luck: `.taprc` has
 * every test file load it first. What nobody has thought of is looked for at random by `npm run fuzz`, and by
 * `DRAWS_FROM=<number> npm test`, which draws others.
 */
import fc from 'fast-check';

fc.configureGlobal({ seed: Number(process.env.DRAWS_FROM ?? 1) });
