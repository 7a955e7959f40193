/**
 * The key of a cluster: one certificate that signs itself, with its private key. Whoever has both is a member, and
 * nobody else: both sides of every connection prove it to each other, under TLS 1.3 alone. A cluster whose key may have
 * got out makes a new one.
 */
import { X509Certificate } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { BadInput } from '../../scenario/bad-input.ts';

export interface Keys {
  /** Both in PEM form. */
  readonly certificate: string;
  readonly key: string;
}

const CERTIFICATE = 'certificate.pem';
const KEY = 'key.pem';
const DAY_MS = 86_400_000;

/** The key of a new cluster, which is valid for that many days from that moment on. */
export async function newKeys(days: number, from: Date = new Date()): Promise<Keys> {
  const { generate } = await import('selfsigned');
  const made = await generate([{ name: 'commonName', value: 'ringtmp cluster' }], {
    ...{ keyType: 'ec', curve: 'P-256', algorithm: 'sha256' },
    notBeforeDate: from,
    notAfterDate: new Date(from.getTime() + days * DAY_MS),
    extensions: [
      { name: 'basicConstraints', cA: true },
      { name: 'keyUsage', digitalSignature: true, keyCertSign: true },
    ],
  });
  return { certificate: made.cert, key: made.private };
}

/**
 * Writes them into a folder that others cannot read.
 * @throws BadInput if there are some already
 */
export function writeKeys(folder: string, { certificate, key }: Keys): void {
  for (const name of [CERTIFICATE, KEY])
    if (existsSync(join(folder, name)))
      throw new BadInput(`${join(folder, name)} is there already; a new folder would be right`);
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  writeFileSync(join(folder, KEY), key, { mode: 0o600, flag: 'wx' });
  writeFileSync(join(folder, CERTIFICATE), certificate, { flag: 'wx' });
}

/** @throws BadInput if there are none, or if they cannot be used now */
export function readKeys(folder: string): Keys {
  const keys = { certificate: read(folder, CERTIFICATE), key: read(folder, KEY) };
  const { validFrom, validTo } = certificateOf(join(folder, CERTIFICATE), keys.certificate);
  const now = Date.now();
  if (now < Date.parse(validFrom) || now > Date.parse(validTo))
    throw new BadInput(
      `the keys in ${folder} are valid from ${validFrom} to ${validTo}; ` +
        'new ones for all machines would be right: npm run real -- keys',
    );
  return keys;
}

function certificateOf(file: string, text: string): X509Certificate {
  try {
    return new X509Certificate(text);
  } catch {
    throw new BadInput(`${file} is no certificate; one that npm run real -- keys makes is right`);
  }
}

function read(folder: string, name: string): string {
  try {
    return readFileSync(join(folder, name), 'utf8');
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw new BadInput(
      `--keys: ${join(folder, name)} cannot be read (${code}); ` +
        'a folder that npm run real -- keys has made would be right',
    );
  }
}

/** Options of both sides of a connection: only members of the cluster get through. */
export function memberOptions({ certificate, key }: Keys) {
  return {
    ...{ cert: certificate, key, ca: [certificate] },
    minVersion: 'TLSv1.3' as const,
    requestCert: true,
    rejectUnauthorized: true,
  };
}
