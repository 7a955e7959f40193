/** The same cases in every world: what holds for a node in the simulator holds on a thread and in a process. */
import { eachAccount } from '../../../engine/node-accounts.ts';
import t from 'tap';
import type { HostSpec } from '../../../engine/host-spec.ts';
import type { Observer } from '../../../engine/observer.ts';
import { ringTopology } from '../../../engine/network/ring.ts';
import type { RunResult } from '../../../engine/result.ts';
import { Simulation } from '../../../engine/simulation.ts';
import { RealRun } from '../../../sim/worlds/real/real-run.ts';
import { CREWS, type CrewOf } from './crews.ts';
import { newFlags } from './flags.ts';
import { useFlags } from './case-nodes.ts';
import { waitingClock } from './waiting-clock.ts';
import { CASE_SEED, CASES, type Case, type CaseWork, type Heard } from './cases.ts';

type RunCase = (one: Case, observer: Observer, logs: string[][]) => Promise<RunResult>;

const DETECTOR = { heartbeatNs: 20e6, misses: 3 };

function hostsOf({ nodes, memoryBytes }: Case): HostSpec[] {
  const host = {
    speedFlopsPerSecond: 1e12,
    memoryBytes: memoryBytes ?? Infinity,
    taskOverheadNs: 1000,
  };
  return new Array<HostSpec>(nodes).fill(host);
}

const simulated: RunCase = async (one, observer) => {
  useFlags(newFlags());
  const simulation = new Simulation({
    seed: CASE_SEED,
    hosts: hostsOf(one),
    topology: ringTopology(one.nodes, 1e9, 1000),
    sharing: 'fifo',
    runJobs: true,
    observers: [observer],
    faults: one.faults && { rules: one.faults.rules, detector: DETECTOR },
    place: one.place,
  });
  while (simulation.run(1000));
  return simulation.result();
};

const ENTRY = new URL('./cases-worker.ts', import.meta.url).href;

function real(crewOf: CrewOf): RunCase {
  return async (one, observer, logs) => {
    const work: CaseWork = { name: one.name, flags: newFlags() };
    const faults = one.faults && {
      rules: one.faults.rules,
      detector: DETECTOR,
      clock: waitingClock(one.faults.waits, logs),
    };
    const [crew, hosts, observers] = [await crewOf(ENTRY), hostsOf(one), [observer]];
    return new RealRun({ crew, seed: CASE_SEED, hosts, work, observers, faults }).run();
  };
}

const WORLDS = {
  simulated,
  threads: real(CREWS.threads),
  processes: real(CREWS.processes),
  hosts: real(CREWS.hosts),
};

async function hear(run: RunCase, one: Case): Promise<Heard> {
  const logs: string[][] = Array.from({ length: one.nodes }, () => []);
  const noted: Observer['noted'] = (node, _timeNs, _name, value) => {
    logs[node].push((value as { text: string }).text);
  };
  return { result: await run(one, { noted }, logs), logs };
}

for (const [world, run] of Object.entries(WORLDS))
  for (const one of CASES)
    t.test(`${world}: ${one.name}`, async (t) => {
      const heard = await hear(run, one);
      one.judge(t, heard);
      const { result } = heard;
      if (result.outcome !== 'failed') t.equal(result.outcome, 'finished');
      for (const node of eachAccount(result.nodes))
        t.equal(
          node.downNs + node.busyNs + node.redoNs + node.commNs + node.idleNs,
          result.timeNs,
          `the states of node ${node.node} sum to the run's time (ARCHITECTURE 8)`,
        );
    });
