/** Connections between members of a cluster, and why one could not be made. */
import { connect, type TLSSocket } from 'node:tls';
import type { Address } from './addresses.ts';
import { type Keys, memberOptions } from './keys.ts';

/** Begins a connection to a host; `secured` is called when both sides have proved that they are members. */
export function connectMember(
  keys: Keys,
  { host, port }: Address,
  secured: (socket: TLSSocket) => void,
): TLSSocket {
  // The certificate names the cluster, and no machine: whoever has the key is a member, at any address.
  const checkServerIdentity = (): undefined => undefined;
  const options = { ...memberOptions(keys), host, port, checkServerIdentity };
  const socket = connect(options, () => secured(socket));
  return socket;
}

const REASONS: Readonly<Record<string, string>> = {
  CERT_HAS_EXPIRED: 'its key has expired',
  CERT_NOT_YET_VALID: 'its key is not valid yet',
  DEPTH_ZERO_SELF_SIGNED_CERT: 'it has the key of another cluster',
  SELF_SIGNED_CERT_IN_CHAIN: 'it has the key of another cluster',
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: 'it has the key of another cluster',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: 'it has the key of another cluster',
  CERT_SIGNATURE_FAILURE: 'it has the key of another cluster',
  ERR_SSL_PEER_DID_NOT_RETURN_A_CERTIFICATE: 'it has no key',
  ERR_TLS_HANDSHAKE_TIMEOUT: 'it stopped in the middle of the handshake',
  ECONNRESET: 'it went away during the handshake',
  ECONNREFUSED: 'nobody listens there',
  ETIMEDOUT: 'nobody answers there',
  EHOSTUNREACH: 'no way leads there',
  ENETUNREACH: 'no way leads there',
  ENOTFOUND: 'no machine has that name',
};

/** Why no connection was made, for people. */
export function whyNot(error: NodeJS.ErrnoException, socket?: TLSSocket): string {
  const found = socket?.authorizationError as Error | string | null | undefined;
  const code = (typeof found === 'string' ? found : null) ?? error.code ?? '';
  if (code in REASONS) return REASONS[code];
  return code.startsWith('ERR_SSL') ? `what it sends is no TLS 1.3 (${code})` : error.message;
}
