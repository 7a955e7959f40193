/** The versions that run. */
import { readFileSync } from 'node:fs';

/** Versions of this program and of Node, such as `0.1.0` and `20.19.0`. */
export function versions(): { program: string; node: string } {
  const text = readFileSync(new URL('../../package.json', import.meta.url), 'utf8');
  const { version } = JSON.parse(text) as { version: string };
  return { program: version, node: process.versions.node };
}
