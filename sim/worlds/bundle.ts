/**
 * Turns a TypeScript worker entry into one plain JavaScript file, once a process. Node 20 cannot start a worker
 * from a `.ts` file reliably, and a loader in each of 64 workers costs five times the time and memory of a
 * bundle. Knows nothing of what the worker does.
 */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import type { Plugin } from 'esbuild';

/**
 * Options every worker made from a bundle should be started with: the bundle is plain JavaScript, so the loader
 * that the main thread was started with (`--import tsx`) stays out of the worker.
 */
export const BUNDLED_WORKER_OPTIONS = { execArgv: [] as string[] } as const;

const bundles = new Map<string, Promise<string>>();
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

/** Keeps `import.meta.url` of our own sources what it was before bundling, so that paths beside them hold. */
const keepSourceUrls: Plugin = {
  name: 'keep-source-urls',
  setup(build) {
    build.onLoad({ filter: /\.tsx?$/ }, ({ path }) => {
      const source = readFileSync(path, 'utf8');
      const url = JSON.stringify(pathToFileURL(path).href);
      return {
        contents: source.replaceAll('import.meta.url', url),
        loader: path.endsWith('x') ? 'tsx' : 'ts',
      };
    });
  },
};

/** CommonJS packages inside an ES module bundle still ask for Node's own modules with `require`. */
const requireBanner =
  "import { createRequire as bundleCreateRequire } from 'node:module';" +
  'const require = bundleCreateRequire(import.meta.url);';

async function build(entry: string, number: number): Promise<string> {
  const esbuild = await import('esbuild');
  const outfile = join(bundleFolder(), `${number}-${basename(entry, '.ts')}.mjs`);
  await esbuild.build({
    entryPoints: [entry],
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
    bundle = build(path, bundles.size);
    bundles.set(path, bundle);
  }
  return bundle;
}
