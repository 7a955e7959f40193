/** Addresses of hosts, `name:port` as people write them. */
import { BadInput } from '../../scenario/bad-input.ts';
import { show } from '../../scenario/show.ts';

export interface Address {
  readonly host: string;
  readonly port: number;
}

/** @throws BadInput that begins with the name of the option */
export function readAddress(option: string, text: string): Address {
  const [, bracketed, plain, digits] = /^(?:\[([^\]]+)\]|([^:]+)):(\d{1,5})$/.exec(text) ?? [];
  const host = bracketed ?? plain;
  const port = Number(digits);
  if (host === undefined || !(port <= 65535))
    throw new BadInput(
      `${option} is ${show(text)}; an address and a port would be right, such as 127.0.0.1:7000`,
    );
  return { host, port };
}

export function addressText({ host, port }: Address): string {
  return `${host.includes(':') ? `[${host}]` : host}:${port}`;
}

/** The host of each node: neighbours on the same one where hosts have several. */
export function spread(hosts: readonly Address[], nodes: number): readonly Address[] {
  return Array.from(
    { length: nodes },
    (_, node) => hosts[Math.floor((node * hosts.length) / nodes)],
  );
}
