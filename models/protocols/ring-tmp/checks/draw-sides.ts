/**
 * Draws how a ring parts, and how a node of the greater side then finds itself on the other. Some lose their memory with
 * that: with all that it has promised forgotten, such a node must not count for what it had agreed to. Others change
 * sides in the middle of the repair, when half of the greater side knows of the new view.
 */
import { type Chance, seconds } from '../../../claims/chance.ts';
import type { DrawnFault, Stage } from '../../../claims/fuzz-profile.ts';

/** Blows for a ring of three nodes or more. */
export function drawSides(chance: Chance, { nodes, silenceNs, lengthNs }: Stage): DrawnFault[] {
  const start = chance.whole(0, nodes - 1);
  const ring = Array.from({ length: nodes }, (_, at) => (start + at) % nodes);
  const size = chance.whole(Math.floor(nodes / 2) + 1, nodes - 1);
  const turned = chance.often(0.5) ? 0 : size - 1;
  const sides = (isOne: (at: number) => boolean) => [
    ring.filter((_, at) => isOne(at)),
    ring.filter((_, at) => !isOne(at)),
  ];
  const lasting = (ns: number) => ({ for: seconds(ns) });
  const at = lengthNs * chance.real(0, 0.5);
  const forgets = chance.often(0.5);
  const late = Math.max(silenceNs * chance.real(1.5, 4), lengthNs * chance.real(0.1, 0.8));
  const turnsAt = at + (forgets ? late : silenceNs * chance.real(1.05, 1.3));
  const before = sides((place) => place < size);
  const after = sides((place) => place < size && place !== turned);
  const parted = [
    { at: seconds(at), kind: 'partition', groups: before, ...lasting(turnsAt - at) },
    {
      at: seconds(turnsAt),
      kind: 'partition',
      groups: after,
      ...lasting(silenceNs * chance.real(0.5, 12)),
    },
  ];
  if (!forgets) return parted;
  const crash = { at: seconds(turnsAt), kind: 'crash', node: ring[turned] };
  return [...parted, { ...crash, ...lasting(silenceNs * chance.real(0.05, 1.5)) }];
}
