/**
 * Speeds and bandwidths of a scenario that no run of it depended on, found when all are over. A memory that is large
 * enough is no such thing: the summary says how much of it was used.
 */
import type { LinkUses, NodeAccounts, RunResult } from '../../engine/result.ts';
import { noEffect } from '../scenario/no-effect.ts';
import type { ResolvedCluster, ResolvedHost, ResolvedScenario } from '../scenario/resolved.ts';
import { topologyOf } from '../topology.ts';

/** Hosts of one kind: the nodes from `first` on, before `end`. */
interface Kind {
  readonly path: string;
  readonly host: ResolvedHost;
  readonly first: number;
  readonly end: number;
}

/**
 * A sentence for each field that was given and made no difference to any of these simulated runs; none unless all of
 * them went to their end.
 */
export function idleFieldTexts(scenario: ResolvedScenario, runs: readonly RunResult[]): string[] {
  if (!runs.every(({ outcome }) => outcome === 'finished' || outcome === 'stopped')) return [];
  const inAllRuns = (isIdle: (run: RunResult) => boolean) => runs.every(isIdle);
  const kinds = kindsOf(scenario.cluster);
  return [
    ...kinds.flatMap((kind) => idleHostTexts(kind, (is) => inAllRuns(({ nodes }) => is(nodes)))),
    ...idleBandwidthTexts(scenario, kinds, (is) => inAllRuns(({ links }) => is(links))),
  ];
}

function kindsOf({ host, hosts = [], nodes }: ResolvedCluster): Kind[] {
  if (host) return [{ path: 'cluster.host', host, first: 0, end: nodes }];
  let end = 0;
  return hosts.map((host, index) => {
    const first = end;
    end += host.count;
    return { path: `cluster.hosts[${index}]`, host, first, end };
  });
}

function idleHostTexts(
  { path, host, first, end }: Kind,
  inAllRuns: (is: (nodes: NodeAccounts) => boolean) => boolean,
): string[] {
  const none = (figure: 'flops' | 'memoryBoundJobs' | 'messagesSent' | 'messagesReceived') =>
    inAllRuns((nodes) => nodes[figure].subarray(first, end).every((value) => value === 0));
  const idle = (field: 'sending' | 'receiving' | 'memoryBandwidth', is: boolean, why: string) =>
    host[field] !== undefined && is ? [`${path}.${field} has no effect: ${why}`] : [];
  if (none('flops')) return [`${path}.speed has no effect: nobody there computed anything`];
  return [
    ...idle(
      'memoryBandwidth',
      none('memoryBoundJobs'),
      'no update and no sum there took longer to read and write than to compute',
    ),
    ...idle('sending', none('messagesSent'), 'nobody there sent a message'),
    ...idle('receiving', none('messagesReceived'), 'nobody there received a message'),
  ];
}

function idleBandwidthTexts(
  scenario: ResolvedScenario,
  kinds: readonly Kind[],
  inAllRuns: (is: (links: LinkUses) => boolean) => boolean,
): string[] {
  const { cluster } = scenario;
  const isCrossed = ({ bytes, controlBytes }: LinkUses, link: number) =>
    bytes[link] + controlBytes[link] > 0;
  const texts = [...faster(cluster, kinds)].flatMap(([path, changed]) => {
    const before = topologyOf(scenario);
    const after = topologyOf({ ...scenario, cluster: changed });
    const links = Array.from({ length: before.linkCount }, (_none, link) => link).filter(
      (link) =>
        before.link(link).bandwidthBytesPerSecond !== after.link(link).bandwidthBytesPerSecond,
    );
    const isIdle = inAllRuns((uses) => !links.some((link) => isCrossed(uses, link)));
    const why = links.length === 0 ? 'no link has it' : 'nothing crossed a link that has it';
    return isIdle ? [`${path} has no effect: ${why}`] : [];
  });
  return [
    ...texts,
    ...idleCableTexts(cluster, (link) => inAllRuns((uses) => !isCrossed(uses, link))),
  ];
}

/** The cluster with each of its bandwidths twice as high in turn, but for those of single cables, by the field's path. */
function* faster(
  cluster: ResolvedCluster,
  kinds: readonly Kind[],
): Generator<[string, ResolvedCluster]> {
  const { network } = cluster;
  yield [
    'cluster.network.bandwidth',
    { ...cluster, network: { ...network, bandwidth: 2 * network.bandwidth } },
  ];
  if (network.kind === 'clusters') {
    const outside = { ...network.outside, bandwidth: 2 * network.outside.bandwidth };
    yield ['cluster.network.outside.bandwidth', { ...cluster, network: { ...network, outside } }];
  }
  for (const [index, { path, host }] of kinds.entries()) {
    if (host.bandwidth === undefined) continue;
    const twice = <H extends ResolvedHost>(one: H): H => ({
      ...one,
      bandwidth: 2 * host.bandwidth!,
    });
    yield [
      `${path}.bandwidth`,
      cluster.host
        ? { ...cluster, host: twice(cluster.host) }
        : { ...cluster, hosts: cluster.hosts!.map((one, at) => (at === index ? twice(one) : one)) },
    ];
  }
}

/** One sentence for all cables of a graph that have a bandwidth of their own and were not crossed. */
function idleCableTexts({ network }: ResolvedCluster, isIdle: (link: number) => boolean): string[] {
  if (network.kind !== 'links') return [];
  let link = 0;
  const paths: string[] = [];
  for (const [index, { bandwidth, oneWay }] of network.links.entries()) {
    const ways = oneWay ? [link] : [link, link + 1];
    link += ways.length;
    if (bandwidth !== undefined && ways.every(isIdle))
      paths.push(`cluster.network.links[${index}].bandwidth`);
  }
  return noEffect(paths, 'where nothing crosses the cable');
}
