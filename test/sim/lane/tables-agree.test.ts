/** What the nodes say they have sent is what the links say they have carried, messages and control frames apart. */
import { eachAccount } from '../../../engine/node-accounts.ts';
import fc from 'fast-check';
import t, { type Test } from 'tap';
import type { Topology } from '../../../engine/network/topology.ts';
import type { Observer } from '../../../engine/observer.ts';
import type { RunResult } from '../../../engine/result.ts';
import type { NodeId } from '../../../engine/world.ts';
import { simulate, topologyOf } from '../../../sim/assemble.ts';
import { resolveScenario } from '../../../sim/scenario/resolve.ts';
import { drawn, scenarioOf } from './drawn-scenario.ts';

/** Hears what is sent, and spreads it over the links of its way; a link may still lack what is under way at the end. */
class Expected implements Observer {
  readonly bytes: number[];
  /** Of those, bytes of messages that have not arrived. */
  readonly underWay: number[];
  private readonly topology: Topology;
  private readonly sent = new Map<number, number>();

  constructor(topology: Topology) {
    this.topology = topology;
    this.bytes = new Array<number>(topology.linkCount).fill(0);
    this.underWay = [...this.bytes];
  }

  messageSent(transfer: number, from: NodeId, to: NodeId, _: object, bytes: number): void {
    this.sent.set(transfer, bytes);
    this.spread(this.bytes, from, to, bytes);
    this.spread(this.underWay, from, to, bytes);
  }

  messageDelivered(transfer: number, from: NodeId, to: NodeId): void {
    this.spread(this.underWay, from, to, -this.sent.get(transfer)!);
  }

  private spread(into: number[], from: NodeId, to: NodeId, bytes: number): void {
    const route = new Int32Array(this.topology.longestRoute);
    const hops = this.topology.route(from, to, route);
    for (let hop = 0; hop < hops; hop++) into[route[hop]] += bytes;
  }
}

/** The link that all a node sends goes over, and nothing else; null where there is none. */
function ownLink(topology: Topology, node: NodeId): number | null {
  const route = new Int32Array(topology.longestRoute);
  if (!['star', 'racks', 'fat-tree', 'clusters'].includes(topology.kind)) return null;
  topology.route(node, node === 0 ? 1 : 0, route);
  return route[0];
}

function checkNodes(t: Test, topology: Topology, result: RunResult, expected: Expected) {
  for (const { node, bytesSent, controlBytesSent } of eachAccount(result.nodes)) {
    const link = ownLink(topology, node);
    if (link === null) continue;
    t.equal(result.links.controlBytes[link], controlBytesSent, topology.kind);
    t.equal(expected.bytes[link], bytesSent, topology.kind);
  }
}

t.test(
  'links carry what nodes send: messages and control frames, each in its column',
  async (t) => {
    let [controlBytes, exact] = [0, 0];
    await fc.assert(
      fc.asyncProperty(drawn(12), fc.boolean(), async (given, watches) => {
        const written = { ...scenarioOf(given), ...(watches ? { detector: {} } : {}) };
        const { scenario } = await resolveScenario(written);
        const topology = topologyOf(scenario);
        const expected = new Expected(topology);
        const { simulation } = simulate(scenario, 0, null, { observers: [expected] });
        while (simulation.run(10_000));
        const result = simulation.result();
        checkNodes(t, topology, result, expected);
        for (const [link, bytes] of result.links.bytes.entries()) {
          const missing = expected.bytes[link] - bytes;
          if (missing === 0) exact++;
          else if (missing < 0 || missing > expected.underWay[link])
            throw new Error(`link ${link} of ${topology.kind} lacks ${missing} bytes`);
        }
        for (const { controlBytesSent } of eachAccount(result.nodes))
          controlBytes += controlBytesSent;
      }),
      { numRuns: 60 },
    );
    t.ok(controlBytes > 10_000, `${controlBytes} bytes of control frames`);
    t.ok(exact > 500, `${exact} links carried all of it`);
  },
);
