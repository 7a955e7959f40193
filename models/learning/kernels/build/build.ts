/**
 * Compiles the AssemblyScript kernel and writes it as a module of base64, which is committed: nobody needs a
 * compiler to run. `npm run kernels`; a test compiles again and compares.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { main } from 'assemblyscript/asc';
import { Command } from 'commander';

const folder = join(dirname(fileURLToPath(import.meta.url)), '..');
export const generatedFile = join(folder, 'generated', 'kernel.ts');

const options = [
  ...['--outFile', 'kernel.wasm', '--runtime', 'stub', '--enable', 'simd', '-O3'],
  '--importMemory',
  ...['--noAssert', '--noColors'],
];

/** The compiled kernel. Throws with the compiler's messages if the sources have errors. */
export async function compileKernel(): Promise<Uint8Array> {
  let binary: Uint8Array | null = null;
  const { error, stderr } = await main(['kernel.ts', ...options], {
    readFile: (name) => {
      try {
        return readFileSync(join(folder, 'assembly', name), 'utf8');
      } catch {
        return null;
      }
    },
    writeFile: (_name, contents) => {
      if (typeof contents !== 'string') binary = contents;
    },
    listFiles: () => [],
  });
  if (error !== null || binary === null)
    throw new Error(`the kernel does not compile:\n${stderr.toString()}`, { cause: error });
  return binary;
}

/** The text of the committed module for that binary. */
export function generatedModule(binary: Uint8Array): string {
  const base64 = Buffer.from(binary).toString('base64');
  const lines = base64.match(/.{1,100}/g) ?? [];
  const literal = lines.map((line) => `  '${line}'`).join(' +\n');
  return `/** Made by \`npm run kernels\` from models/learning/kernels/assembly: not to be edited. */\nexport const KERNEL_BASE64 =\n${literal};\n`;
}

if (process.argv[1] !== undefined && resolve(process.argv[1]) === fileURLToPath(import.meta.url)) {
  new Command('npm run kernels --')
    .description(`Compiles the AssemblyScript kernel into ${relative('.', generatedFile)}.`)
    .exitOverride(({ exitCode }) => process.exit(exitCode === 0 ? 0 : 2))
    .parse();
  const binary = await compileKernel();
  writeFileSync(generatedFile, generatedModule(binary));
  console.log(`${binary.length} bytes of WebAssembly in ${generatedFile}`);
}
