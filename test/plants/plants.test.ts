/** The defects that can be planted fit the program as it is. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { protocolOf } from '../../models/protocols/registry.ts';
import { CLAIMS } from '../../sim/fuzz/claims.ts';
import { ROOT } from '../docs/blocks.ts';
import { PLANTS } from './plants.ts';

t.test('each defect has its place in the program, once, and something that finds it', async (t) => {
  for (const { defect, file, text, planted, protocol, foundBy } of PLANTS) {
    const source = readFileSync(join(ROOT, file), 'utf8');
    t.equal(source.split(text).length, 2, `${defect}: '${text}' stands once in ${file}`);
    t.not(text, planted);
    if (protocol === null) t.ok(existsSync(join(ROOT, foundBy)), `there is ${foundBy}`);
    else {
      t.ok(protocolOf(protocol), `there is ${protocol}`);
      t.ok(
        CLAIMS.some(({ name }) => name === foundBy),
        `there is a claim ${foundBy}`,
      );
    }
  }
});
