/** The network of a file of transfers: its links, and its routes as they are listed, each for one direction. */
import type { Link, Topology } from '../../engine/network/topology.ts';
import { BadInput } from '../scenario/bad-input.ts';
import type { TransferFile } from './schema.ts';

export interface RouteTable {
  readonly topology: Topology;
  /** Number of a host by its name. */
  hostNumber(name: string, where: string): number;
  hasRoute(source: number, target: number): boolean;
}

/** @throws BadInput for a name that is listed twice or not at all, or a route that passes a link twice */
export function routeTable(file: TransferFile): RouteTable {
  const hosts = numbered(file.hosts, 'hosts');
  const linkNumbers = numbered(
    file.links.map(({ id }) => id),
    'links',
  );
  const routes = new Map<number, Int32Array>();
  const key = (source: number, target: number) => source * file.hosts.length + target;
  const hostNumber = (name: string, where: string) => lookUp(hosts, name, where, 'a host');
  let longestRoute = 1;
  file.routes.forEach(({ src, dst, links }, index) => {
    const where = `routes[${index}]`;
    const route = Int32Array.from(links, (id, hop) =>
      lookUp(linkNumbers, id, `${where}.links[${hop}]`, 'a link'),
    );
    if (new Set(route).size < route.length)
      throw new BadInput(`${where}.links passes a link twice; each link once would be right`);
    const pair = key(hostNumber(src, `${where}.src`), hostNumber(dst, `${where}.dst`));
    if (routes.has(pair))
      throw new BadInput(
        `${where} is a second route from '${src}' to '${dst}'; one would be right`,
      );
    routes.set(pair, route);
    longestRoute = Math.max(longestRoute, route.length);
  });
  const links: Link[] = file.links.map(({ id, bandwidthBytesPerSecond, latencySeconds }) => ({
    id,
    bandwidthBytesPerSecond,
    latencyNs: latencySeconds * 1e9,
  }));
  const topology: Topology = {
    kind: 'listed routes',
    nodeCount: file.hosts.length,
    linkCount: links.length,
    link: (index) => links[index],
    route: (source, target, into) => {
      const route = routes.get(key(source, target));
      if (!route) return 0;
      into.set(route);
      return route.length;
    },
    longestRoute,
  };
  return {
    topology,
    hostNumber,
    hasRoute: (source, target) => routes.has(key(source, target)),
  };
}

function numbered(names: readonly string[], field: string): Map<string, number> {
  const numbers = new Map<string, number>();
  names.forEach((name, index) => {
    if (numbers.has(name))
      throw new BadInput(`${field}[${index}] is '${name}' again; a name of its own would be right`);
    numbers.set(name, index);
  });
  return numbers;
}

function lookUp(numbers: Map<string, number>, name: string, where: string, what: string): number {
  const number = numbers.get(name);
  if (number === undefined)
    throw new BadInput(`${where} is '${name}'; ${what} that the file lists would be right`);
  return number;
}
