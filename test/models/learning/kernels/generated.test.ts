/** The committed WebAssembly is what its sources compile to. */
import { readFileSync } from 'node:fs';
import t from 'tap';
import {
  compileKernel,
  generatedFile,
  generatedModule,
} from '../../../../models/learning/kernels/build/build.ts';

t.test('npm run kernels would change nothing', async (t) => {
  const committed = readFileSync(generatedFile, 'utf8');
  const compiled = generatedModule(await compileKernel());
  t.ok(
    committed === compiled,
    'else: npm run kernels, and commit models/learning/kernels/generated',
  );
});
