/** The crew of the hosts world: machines that run the nodes' stations, told over one connection each. */
import { randomBytes } from 'node:crypto';
import { plainCopy } from '../../../engine/storage/plain-copy.ts';
import type { NodeId } from '../../../engine/world.ts';
import { FileDisk } from '../file-disk.ts';
import { FileStorage } from '../file-storage.ts';
import type { CrewClient, CrewFactory, NodeSetup, PlacedSetup } from '../real/crew.ts';
import { StationCrew, type StationRunner } from '../stations/station-crew.ts';
import type { FromStation } from '../stations/station-messages.ts';
import { type Address, addressText, spread } from './addresses.ts';
import type { ToHost } from './control-messages.ts';
import { digestOf, versionOf } from './hello.ts';
import { HostLink } from './host-link.ts';
import type { Keys } from './keys.ts';

export interface HostsOptions {
  readonly keys: Keys;
  readonly hosts: readonly Address[];
  /** Of the thread of a node, as on the hosts. */
  readonly code: string;
}

const RUN_BYTES = 16;

class HostCrew extends StationCrew {
  private readonly links: readonly HostLink[];
  /** Of the host of each node. */
  private readonly linkOf: readonly HostLink[];

  constructor(
    { keys, hosts, code }: HostsOptions,
    setups: readonly NodeSetup[],
    client: CrewClient,
  ) {
    super(setups, client);
    const work = plainCopy(setups[0].work, 'work');
    const mark = { version: versionOf(code), digest: digestOf(work), run: randomBytes(RUN_BYTES) };
    const places = spread(hosts, setups.length);
    const message: ToHost = { kind: 'work', work, addresses: places.map(addressText) };
    const links = new Map(places.map((address) => [addressText(address), address] as const));
    const made = new Map(
      [...links].map(([name, address]) => [name, new HostLink(keys, address, mark, message)]),
    );
    this.links = [...made.values()];
    this.linkOf = places.map((address) => made.get(addressText(address))!);
  }

  override async disband(): Promise<void> {
    await super.disband();
    await Promise.all(this.links.map((link) => link.close()));
  }

  protected open(setup: PlacedSetup, heard: (message: FromStation) => void): StationRunner {
    const { node, storage, incarnations } = setup;
    const disk = new FileDisk(setup.disks, node);
    const link = this.linkOf[node];
    link.hear(node, (message) => {
      if (message.kind === 'save' || message.kind === 'load')
        this.store(node, `${node}-${incarnations[node]}`, message, storage);
      else if (message.kind === 'persist') {
        disk.write(message.record);
        link.send({ kind: 'to', node, message: { kind: 'persisted' } });
      } else heard(message);
    });
    const placed = { ...this.stationSetup(setup), storage: storage && ('board' as const) };
    link.send({ kind: 'place', setup: { ...placed, disks: '', record: disk.read() } });
    return {
      ask: (message) => link.send({ kind: 'to', node, message }),
      end: () => link.end(node),
    };
  }

  /** The storage of all nodes is on this machine, as their disks are: a run can go on from here, on any hosts. */
  private store(
    node: NodeId,
    writer: string,
    asked: FromStation & { kind: 'save' | 'load' },
    storage: PlacedSetup['storage'],
  ): void {
    if (storage === null || storage === 'board') return;
    const files = new FileStorage(storage.folder, writer);
    const { name } = asked;
    const message =
      asked.kind === 'save'
        ? ({ kind: 'saved', name, isNewest: files.save(name, asked.value, asked.stamp) } as const)
        : ({ kind: 'loaded', name, value: files.load(name) } as const);
    this.linkOf[node].send({ kind: 'to', node, message });
  }
}

/** Crews whose nodes run on these hosts. */
export function hostCrew(options: HostsOptions): CrewFactory {
  return (setups, client) => new HostCrew(options, setups, client);
}
