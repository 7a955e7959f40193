/** Plays flows over the links of a file, on the fair-sharing network. */
import { Kernel } from '../../engine/kernel.ts';
import { FairNetwork } from '../../engine/network/fair/fair-network.ts';
import { BadInput } from '../scenario/bad-input.ts';
import { routeTable, type RouteTable } from './route-table.ts';
import type { TransferFile } from './schema.ts';

/**
 * When the last byte of each flow leaves the network, in seconds, in the order of the file. A flow over a route
 * without links ends when it starts.
 * @throws BadInput when a flow has no route, or would end later than time can be counted
 */
export function playTransfers(file: TransferFile): number[] {
  const table = routeTable(file);
  const finishes = file.flows.map(() => -1);
  const kernel = new Kernel(0);
  const client = {
    departed: () => {},
    delivered: (flow: number) => {
      finishes[flow] = kernel.now / 1e9;
    },
  };
  const network = new FairNetwork(kernel, table.topology, client, true);
  const starting = kernel.register((flow) => {
    const { src, dst, bytes } = file.flows[flow];
    const source = table.hostNumber(src, `flows[${flow}].src`);
    network.send(flow, source, table.hostNumber(dst, `flows[${flow}].dst`), bytes, 1);
  });
  file.flows.forEach((flow, index) => {
    const isLocal = checkFlow(flow, `flows[${index}]`, table);
    if (isLocal) finishes[index] = flow.startSeconds;
    else kernel.schedule(Math.round(flow.startSeconds * 1e9), starting, index, 0);
  });
  runWithin(kernel);
  return finishes;
}

/** Runs to the end; a flow too slow to end within the time that can be counted is bad input. */
export function runWithin(kernel: Kernel): void {
  kernel.run(Infinity);
  if (kernel.isCutOff)
    throw new BadInput(
      'the transfers do not end within 104 days (2^53 ns), the longest time that is counted exactly; ' +
        'fewer bytes, or more bandwidth or speed, would be right',
    );
}

/** Checks that a flow can be played; true if it passes no link. */
function checkFlow(flow: TransferFile['flows'][number], where: string, table: RouteTable): boolean {
  const source = table.hostNumber(flow.src, `${where}.src`);
  const target = table.hostNumber(flow.dst, `${where}.dst`);
  if (!table.hasRoute(source, target))
    throw new BadInput(
      `${where} goes from '${flow.src}' to '${flow.dst}', for which the file lists no route; ` +
        'a route in that direction would be right',
    );
  return table.topology.route(source, target, new Int32Array(table.topology.longestRoute)) === 0;
}
