/**
 * The normal pace of jobs: a job takes longer than its share if it takes longer than its own host would without slowing
 * and jitter, or than the middle one of the nodes that do such jobs.
 */
import { jobNs } from '../../../engine/cost.ts';
import type { HostSpec } from '../../../engine/host-spec.ts';
import type { Job, NodeId } from '../../../engine/world.ts';

/** How long jobs of one kind take: those whose names are alike but for the numbers in them. */
interface KindPace {
  readonly word: string;
  readonly isPair: boolean;
  /** Of each node, its last job; 0 for nodes that have done none. */
  readonly lastNs: Float64Array;
  nodes: number;
  jobsSince: number;
  middleNs: number;
}

export class Pace {
  private readonly hosts: readonly HostSpec[];
  private readonly kinds: KindPace[] = [];

  constructor(hosts: readonly HostSpec[]) {
    this.hosts = hosts;
  }

  /** How much of the time that a job took is its share; all of it, or less. */
  shareNs(node: NodeId, job: Job, tookNs: number): number {
    const kind = this.kindOf(job.name);
    if (kind.lastNs[node] === 0) kind.nodes++;
    kind.lastNs[node] = Math.max(tookNs, 1);
    // As often as all nodes have done one more job: so it costs little, and follows changes.
    if (++kind.jobsSince >= kind.nodes) {
      kind.jobsSince = 0;
      kind.middleNs = middleOf(kind.lastNs);
    }
    const ownNs = jobNs(this.hosts[node], job.flops, 1, job.profile);
    return Math.min(tookNs, ownNs, kind.middleNs);
  }

  private kindOf(name: string): KindPace {
    const length = wordLength(name);
    const isPair = name.includes(' and ');
    // There are few, and no text is made to look for one.
    const known = this.kinds.find(
      (kind) => kind.word.length === length && kind.isPair === isPair && name.startsWith(kind.word),
    );
    if (known !== undefined) return known;
    const lastNs = new Float64Array(this.hosts.length);
    const word = name.slice(0, length);
    const kind = { word, isPair, lastNs, nodes: 0, jobsSince: 0, middleNs: Infinity };
    this.kinds.push(kind);
    return kind;
  }
}

/** Characters of a name before the first digit. */
function wordLength(name: string): number {
  for (let at = 0; at < name.length; at++) {
    const code = name.charCodeAt(at);
    if (code >= 48 && code <= 57) return at;
  }
  return name.length;
}

/** The lower of the two in the middle: where two nodes share a kind, the faster one is the measure. */
function middleOf(lastNs: Float64Array): number {
  const known = lastNs.filter((ns) => ns > 0).sort();
  return known[(known.length - 1) >> 1];
}
