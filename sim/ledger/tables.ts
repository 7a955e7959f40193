/** The published tables, by the names of their files. */
import { readdirSync } from 'node:fs';
import type { Published } from '../../scenarios/published/published.ts';
import type { NamedTable } from './entries.ts';

const FOLDER = new URL('../../scenarios/published/', import.meta.url);

export function tableNames(): string[] {
  return readdirSync(FOLDER)
    .filter((file) => file.endsWith('.ts') && file !== 'published.ts')
    .map((file) => file.slice(0, -'.ts'.length))
    .sort();
}

export async function loadTable(name: string): Promise<NamedTable> {
  const { default: table } = (await import(new URL(`${name}.ts`, FOLDER).href)) as {
    default: Published;
  };
  return { name, table };
}
