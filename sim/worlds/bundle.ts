/**
 * Turns a TypeScript worker entry into one plain JavaScript file, once a process. Node 20 cannot start a worker
 * from a `.ts` file reliably, and a loader in each of 64 workers costs five times the time and memory of a
 * bundle. Knows nothing of what the worker does.
 */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import type { Plugin, StdinOptions } from 'esbuild';

/**
 * Options every worker made from a bundle should be started with: the bundle is plain JavaScript, so the loader
 * that the main thread was started with (`--import tsx`) stays out of the worker.
 */
export const BUNDLED_WORKER_OPTIONS = { execArgv: [] as string[] } as const;

const bundles = new Map<string, Promise<string>>();
let bundleCount = 0;
let folder: string | null = null;

/** The process's folder for bundles, removed when the process exits. */
function bundleFolder(): string {
  if (folder === null) {
    const made = mkdtempSync(join(tmpdir(), 'ringtmp-'));
    process.on('exit', () => rmSync(made, { recursive: true, force: true }));
    folder = made;
  }
  return folder;
}

/** Keeps `import.meta.url` of all but packages what it was before bundling, so that paths beside them hold. */
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

/** CommonJS packages inside an ES module bundle still ask for Node's own modules with `require`. */
const requireBanner =
  "import { createRequire as bundleCreateRequire } from 'node:module';" +
  'const require = bundleCreateRequire(import.meta.url);';

/** The entry is a file, or a few lines of code. */
async function build(
  entry: { entryPoints: [string] } | { stdin: StdinOptions; define: Record<string, string> },
  name: string,
): Promise<string> {
  const esbuild = await import('esbuild');
  const outfile = join(bundleFolder(), `${bundleCount++}-${name}.mjs`);
  await esbuild.build({
    ...entry,
    outfile,
    bundle: true,
    platform: 'node',
    format: 'esm',
    target: 'node20',
    external: ['esbuild'],
    banner: { js: requireBanner },
    plugins: [keepSourceUrls],
    logLevel: 'silent',
  });
  return outfile;
}

/**
 * Bundles a worker entry with all it imports, except Node's own modules, into one ES module.
 *
 * @param entry absolute path or `file:` URL of the `.ts` entry, such as
 *   `new URL('./thread-worker.ts', import.meta.url).href`
 * @returns path of the bundle for `new Worker(path, { ...BUNDLED_WORKER_OPTIONS, ... })`; it is removed at exit
 * @throws when the entry, or something it imports, does not compile or is not found
 */
export function bundleWorker(entry: string): Promise<string> {
  const path = entry.startsWith('file:') ? fileURLToPath(entry) : entry;
  let bundle = bundles.get(path);
  if (bundle === undefined) {
    bundle = build({ entryPoints: [path] }, basename(path, '.ts'));
    bundles.set(path, bundle);
  }
  return bundle;
}

/**
 * Bundles any module with a function behind it that is called with all the module exports. Each call builds anew.
 *
 * @param module absolute path of a module, whatever its folder is called
 * @param behind absolute path of the `.ts` file that exports `name`
 * @returns path of the bundle
 * @throws when the module, or something it imports, does not compile or is not found
 */
export function bundleBehind(module: string, behind: string, name: string): Promise<string> {
  const contents =
    `import * as loaded from ${JSON.stringify(module)};\n` +
    `import { ${name} } from ${JSON.stringify(behind)};\n${name}(loaded);\n`;
  const folder = dirname(module);
  return build(
    {
      stdin: { contents, resolveDir: folder, loader: 'ts' },
      define: { __dirname: JSON.stringify(folder), __filename: JSON.stringify(module) },
    },
    name,
  );
}
