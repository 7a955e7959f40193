/**
 * Bundles a TypeScript worker entry into one plain script, once a process. Node 20 cannot reliably start a worker
 * from a `.ts` file, and a loader in each of 64 workers costs five times the time and memory of a bundle. The script
 * stays in memory: a file would be left behind by a killed process. It knows nothing of what the worker does.
 */
import { readFileSync } from 'node:fs';
import { totalmem } from 'node:os';
import { dirname } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import type { Plugin, StdinOptions } from 'esbuild';

/** A worker may use most of the machine's memory: by default Node ends it at 4 GB, and a million nodes need more. */
export const MEMORY_MIB = Math.floor((0.8 * totalmem()) / 2 ** 20);

/**
 * Options every worker made from a bundle must be started with: it is given code, not a path, and the loader that the
 * main thread was started with (`--import tsx`) stays out of it.
 */
export const BUNDLED_WORKER_OPTIONS = {
  eval: true,
  execArgv: [] as string[],
  resourceLimits: { maxOldGenerationSizeMb: MEMORY_MIB },
} as const;

const bundles = new Map<string, Promise<string>>();
const modules = new Map<string, Promise<URL>>();

/** Bundles a script of a web page with all it imports, small. */
export async function bundlePage(entry: string): Promise<string> {
  const esbuild = await import('esbuild');
  const { outputFiles } = await esbuild.build({
    entryPoints: [fileURLToPath(entry)],
    ...{ write: false, bundle: true, minify: true, platform: 'browser', format: 'iife' },
    ...{ target: 'es2022', charset: 'utf8', legalComments: 'none', logLevel: 'silent' },
  });
  return outputFiles[0].text;
}

/** Keeps `import.meta.url` of our own files as before bundling, so that paths relative to them work. */
const keepSourceUrls: Plugin = {
  name: 'keep-source-urls',
  setup(build) {
    build.onLoad({ filter: /\.[cm]?[jt]sx?$/ }, ({ path }) => {
      if (path.includes('node_modules')) return undefined;
      const source = readFileSync(path, 'utf8');
      const url = JSON.stringify(pathToFileURL(path).href);
      const [, language, x] = /([jt]s)(x?)$/.exec(path)!;
      return {
        contents: source.replaceAll('import.meta.url', url),
        loader: `${language}${x}` as 'js' | 'jsx' | 'ts' | 'tsx',
      };
    });
  },
};

/** The entry is a file, or some code. */
async function build(
  entry: { entryPoints: [string] } | { stdin: StdinOptions; define: Record<string, string> },
  format: { format: 'iife' | 'esm'; banner?: { js: string } },
): Promise<string> {
  const esbuild = await import('esbuild');
  const { outputFiles } = await esbuild.build({
    ...entry,
    ...format,
    write: false,
    bundle: true,
    platform: 'node',
    target: 'node20',
    external: ['esbuild'],
    // The same code wherever the program is called from: bundles name their parts by paths from here.
    absWorkingDir: fileURLToPath(new URL('../../', import.meta.url)),
    plugins: [keepSourceUrls],
    logLevel: 'silent',
  });
  return outputFiles[0].text;
}

/**
 * Bundles a worker entry with all it imports, except Node's own modules, into one script.
 *
 * @param entry absolute path or `file:` URL of the `.ts` entry, such as
 *   `new URL('./threads/thread-worker.ts', import.meta.url).href`
 * @returns the code, for `new Worker(code, { ...BUNDLED_WORKER_OPTIONS, ... })`
 * @throws when the entry, or something it imports, does not compile or is not found
 */
export function bundleWorker(entry: string): Promise<string> {
  const path = entry.startsWith('file:') ? fileURLToPath(entry) : entry;
  let bundle = bundles.get(path);
  if (bundle === undefined) {
    bundle = build({ entryPoints: [path] }, { format: 'iife' });
    bundles.set(path, bundle);
  }
  return bundle;
}

/**
 * Bundles any module, followed by a call of a function with all its exports. Builds anew each time.
 *
 * @param module absolute path of a module, in a folder of any name
 * @param behind absolute path of the `.ts` file that exports `name`
 * @returns the address of an ES module, for `new Worker(address)`: it may use top-level await
 * @throws when the module, or something it imports, does not compile or is not found
 */
export async function bundleBehind(module: string, behind: string, name: string): Promise<URL> {
  const contents =
    `import * as loaded from ${JSON.stringify(module)};\n` +
    `import { ${name} } from ${JSON.stringify(behind)};\n${name}(loaded);\n`;
  const folder = dirname(module);
  const code = await build(
    {
      stdin: { contents, resolveDir: folder, loader: 'ts' },
      define: { __dirname: JSON.stringify(folder), __filename: JSON.stringify(module) },
    },
    asModule(module),
  );
  return addressOf(code);
}

/**
 * Bundles a module of ours with all it imports.
 *
 * @param entry `file:` URL of the `.ts` module
 * @returns the address of an ES module with its exports
 * @throws when it, or something it imports, does not compile or is not found
 */
export function bundleModule(entry: string): Promise<URL> {
  let module = modules.get(entry);
  if (module === undefined) {
    const path = fileURLToPath(entry);
    module = build({ entryPoints: [path] }, asModule(path)).then(addressOf);
    modules.set(entry, module);
  }
  return module;
}

/** CommonJS packages inside an ES module still ask for Node's own modules with `require`. */
function asModule(path: string) {
  const js =
    "import { createRequire as bundleCreateRequire } from 'node:module';" +
    `const require = bundleCreateRequire(${JSON.stringify(pathToFileURL(path).href)});`;
  return { format: 'esm', banner: { js } } as const;
}

const SCHEME = 'data:text/javascript;base64,';

function addressOf(code: string): URL {
  return new URL(`${SCHEME}${Buffer.from(code).toString('base64')}`);
}

/** The code at the address of a bundled module. */
export function codeOf({ href }: URL): string {
  return Buffer.from(href.slice(SCHEME.length), 'base64').toString();
}
