/** The thread of a node of a case. */
import { serveThread } from '../../../sim/worlds/threads/serve-thread.ts';
import { useFlags } from './case-nodes.ts';
import { CASES, type CaseWork } from './cases.ts';

serveThread((work) => {
  const { name, flags } = work as CaseWork;
  useFlags(flags);
  return CASES.find((one) => one.name === name)!.place;
});
