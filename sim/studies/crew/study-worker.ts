/** What a thread of the pool runs: one job after the other. */
export { runJob as default } from './run-job.ts';
