/** Numbers as the reports and the screen print them: like those in the sentences of the engine. */
export * from '../engine/format.ts';
