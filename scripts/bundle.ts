/** How `src/` becomes `dist/`: esbuild's options, and the writing of what comes out. */
import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

import type { BuildOptions, OutputFile, Plugin } from 'esbuild';

import { esbuildInkTable } from './ink-table-plugin.ts';
import { esbuildStringWidth } from './string-width-plugin.ts';

/** The checkout. */
export const ROOT = dirname(dirname(fileURLToPath(import.meta.url)));
/** Where the built program stands. */
export const DIST = join(ROOT, 'dist');
const STAGING = join(ROOT, 'dist.new');

// Bundled CommonJS packages call `require` for Node's own modules; an ES module has none.
const REQUIRE_BANNER =
  'import{createRequire as __createRequire}from"node:module";' +
  'const require=__createRequire(import.meta.url);\n';

// Ink imports its debugger's client only when DEV=true; it is an optional peer that is not installed.
const withoutDevtools: Plugin = {
  name: 'without-devtools',
  setup(pluginBuild) {
    pluginBuild.onResolve({ filter: /^react-devtools-core$/ }, ({ path }) => ({
      path,
      namespace: 'without-devtools',
    }));
    pluginBuild.onLoad({ filter: /.*/, namespace: 'without-devtools' }, () => ({
      contents: 'export default { initialize() {}, connectToDevTools() {} };',
    }));
  },
};

/** esbuild's options for a program of this version; the output is handed over, not written. */
export function bundleOptions(version: string) {
  return {
    absWorkingDir: ROOT,
    // Flat on purpose: `new URL('./worker.js', import.meta.url)` must hold in every chunk.
    entryPoints: { main: 'src/main.ts', worker: 'src/sampling/worker.ts' },
    chunkNames: 'chunk-[hash]',
    outdir: DIST,
    bundle: true,
    splitting: true,
    minify: true,
    platform: 'node',
    format: 'esm',
    target: 'node22',
    jsx: 'automatic',
    define: {
      'process.env.NODE_ENV': '"production"',
      // Yoga would fetch() its own base64 text, for which Node loads an HTTP client, TLS and crypto: 60 ms.
      fetch: 'undefined',
      EPHTOP_VERSION: JSON.stringify(version),
    },
    // The notices go to one file instead: see collectLicenses.
    legalComments: 'none',
    plugins: [withoutDevtools, esbuildInkTable, esbuildStringWidth] as Plugin[],
    metafile: true,
    write: false,
    logLevel: 'warning',
  } as const satisfies BuildOptions;
}

/** What is read of a package.json. */
export type Manifest = { name: string; version: string; license?: string };

/** Reads a package's manifest. */
export async function readManifest(directory: string): Promise<Manifest> {
  return JSON.parse(await readFile(join(directory, 'package.json'), 'utf8')) as Manifest;
}

function withBanner({ text }: OutputFile): string {
  return /\brequire\b/.test(text) ? REQUIRE_BANNER + text : text;
}

/** Puts a new `dist/` in the place of the old one, whole. */
export async function writeDist(files: readonly OutputFile[], licenses: string): Promise<void> {
  await rm(STAGING, { recursive: true, force: true });
  await mkdir(STAGING);
  await Promise.all([
    ...files.map((file) => writeFile(join(STAGING, basename(file.path)), withBanner(file))),
    writeFile(join(STAGING, 'THIRD-PARTY-LICENSES.txt'), licenses),
  ]);
  await rm(DIST, { recursive: true, force: true });
  await rename(STAGING, DIST);
}
