/**
 * The first frame on every connection to a host: what the caller wants, which program it runs, and a proof that it says
 * so on this very connection. TLS has made sure by then that it has the key of the cluster.
 */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { TLSSocket } from 'node:tls';
import type { NodeId } from '../../../engine/world.ts';
import { WireError, type WireReader, WireWriter } from '../wire/codec.ts';
import { frameOf } from '../wire/frames.ts';

/** What holds for a whole run. */
export interface RunMark {
  /** Of the program: hosts that run another one would compute something else. */
  readonly version: string;
  /** Of the scenario and its data. */
  readonly digest: string;
  /** A number that nobody can guess, drawn for this run alone. */
  readonly run: Uint8Array;
}

export type Hello = RunMark &
  (
    | { readonly kind: 'conduct' }
    | {
        readonly kind: 'peer';
        readonly from: NodeId;
        readonly fromIncarnation: number;
        readonly to: NodeId;
        readonly toIncarnation: number;
      }
  );

/** No hello is longer. */
export const HELLO_BYTES = 4096;
/** How long a caller may take to say hello. */
export const HELLO_MS = 5000;
const PROOF_BYTES = 32;
/** Makes it a proof of ours, and of nothing else that TLS is used for. */
const PROOF_LABEL = 'EXPORTER-ringtmp-hello';

const ROOT = new URL('../../../', import.meta.url);

/** The version of the program that runs nodes with that code, and of what runs the program. */
export function versionOf(code: string): string {
  const { version } = JSON.parse(readFileSync(new URL('package.json', ROOT), 'utf8')) as {
    version: string;
  };
  // Neither where the program lies on this machine, nor what it was started from, makes it another one.
  const plain = code.replaceAll(ROOT.href, '').replaceAll(/^\s*\/\/.*$/gm, '');
  return `ringtmp ${version}, code ${sha256(Buffer.from(plain)).slice(0, 12)}, Node ${process.version}`;
}

function sha256(...pieces: readonly Uint8Array[]): string {
  const hash = createHash('sha256');
  for (const piece of pieces) hash.update(piece);
  return hash.digest('hex');
}

/** Of plain data, as it is on the wire. */
export function digestOf(work: unknown): string {
  return sha256(...frameOf(new WireWriter().value(work)));
}

/** The frame for a connection whose handshake is over. */
export function helloFrame(socket: TLSSocket, hello: Hello): Uint8Array[] {
  return frameOf(new WireWriter().value({ ...hello, proof: proofOf(socket) }));
}

/** @throws WireError for what is no hello, or was said on another connection before */
export function readHello(socket: TLSSocket, reader: WireReader): Hello {
  const said = reader.value();
  reader.end();
  if (!isHello(said)) throw new WireError('what it says is no hello');
  const { proof, ...hello } = said;
  if (!proofOf(socket).equals(proof)) throw new WireError('it repeats what was said elsewhere');
  return hello;
}

/** Both sides know it, and it is another one on each connection. */
function proofOf(socket: TLSSocket): Buffer {
  return socket.exportKeyingMaterial(PROOF_BYTES, PROOF_LABEL, Buffer.alloc(0));
}

function isHello(said: unknown): said is Hello & { proof: Uint8Array } {
  if (typeof said !== 'object' || said === null) return false;
  const { kind, version, digest, run, proof, ...rest } = said as Record<string, unknown>;
  const texts = [version, digest].every((text) => typeof text === 'string');
  const bytes = [run, proof].every((array) => array instanceof Uint8Array);
  const numbers = ['from', 'fromIncarnation', 'to', 'toIncarnation'].every((name) =>
    Number.isInteger(rest[name]),
  );
  return texts && bytes && (kind === 'conduct' || (kind === 'peer' && numbers));
}
