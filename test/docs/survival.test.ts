/** docs/failures.md says of every protocol what its definition says of it. */
import { readFileSync } from 'node:fs';
import t from 'tap';
import { PROTOCOLS } from '../../models/protocols/registry.ts';

const KINDS = 'crash pause slow cut partition loss duplicate reorder degrade'.split(
  ' ',
) as readonly (keyof ReturnType<(typeof PROTOCOLS)[number]['survives']>)[];

const doc = readFileSync(new URL('../../docs/failures.md', import.meta.url), 'utf8');
const cells = (row: string): string => row.split(/\s*\|\s*/).join('|');
const rows = doc
  .split('\n')
  .filter((line) => line.startsWith('|'))
  .map(cells);

t.test(
  'what each protocol survives, with and without replicas, is as its definition says',
  async (t) => {
    const right = PROTOCOLS.flatMap(({ kind, options, survives }) =>
      [{}, { replicas: 1 }].flatMap((given) => {
        const parsed = options.safeParse({ kind, ...given });
        if (!parsed.success) return [];
        const name = 'replicas' in given ? `\`${kind}\` with \`replicas: 1\`` : `\`${kind}\``;
        const survived = survives(parsed.data);
        return [['', name, ...KINDS.map((each) => survived[each]), ''].join('|')];
      }),
    );
    const first = rows.indexOf(cells(`| protocol | ${KINDS.join(' | ')} |`));
    t.same(rows.slice(first + 2, first + 2 + right.length), right);
    t.notMatch(
      rows[first + 2 + right.length] ?? '',
      /^\|`[a-z0-9-]+`\|(waits|repairs|restarts|ends)/,
      'and no other',
    );
  },
);
