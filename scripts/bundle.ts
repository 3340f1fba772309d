/** How `src/` becomes `dist/`: the bundler's options, and the writing of what comes out. */
import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

import type { InputOptions, OutputChunk, OutputOptions, Plugin } from 'rolldown';

import { lazyCrypto, lazySegmenters } from './lazy-plugin.ts';
import { withoutNamespaces } from './builtins-plugin.ts';
import { chunksByStart } from './chunks.ts';
import { bundleCommander } from './commander-plugin.ts';
import { inkOutput } from './ink-output-plugin.ts';
import { bundleInkTable } from './ink-table-plugin.ts';
import { bundleReplacements } from './replacements-plugin.ts';

/** The checkout. */
export const ROOT = dirname(dirname(fileURLToPath(import.meta.url)));
/** Where the built program stands. */
export const DIST = join(ROOT, 'dist');
const STAGING = join(ROOT, 'dist.new');

const DEVTOOLS = 'react-devtools-core';

// Ink imports its debugger's client only when DEV=true; it is an optional peer that is not installed.
const withoutDevtools: Plugin = {
  name: 'without-devtools',
  resolveId: (source) => (source === DEVTOOLS ? `\0${DEVTOOLS}` : undefined),
  load: (id) =>
    id === `\0${DEVTOOLS}`
      ? 'export default { initialize() {}, connectToDevTools() {} };'
      : undefined,
};

/** The parts of the program that are started by themselves. */
export const PARTS = {
  worker: 'src/sampling/worker.ts',
  'via-worker': 'src/sampling/via/via-worker.ts',
  'exporter-worker': 'src/cli/exporter-worker.ts',
  actor: 'src/demo/actors/actor.ts',
} as const;

/** What goes into a program of this version. */
export function inputOptions(version: string) {
  return {
    cwd: ROOT,
    input: { main: 'src/main.ts', ...PARTS },
    platform: 'node',
    // Modules of several chunks' needs stand where all can import them.
    preserveEntrySignatures: 'allow-extension',
    transform: {
      target: 'node22',
      define: {
        'process.env.NODE_ENV': '"production"',
        // Yoga would fetch() its own base64 text, for which Node loads an HTTP client, TLS and crypto: 60 ms.
        fetch: 'undefined',
        EPHTOP_VERSION: JSON.stringify(version),
      },
    },
    plugins: [
      withoutDevtools,
      bundleCommander,
      bundleInkTable,
      bundleReplacements,
      inkOutput,
      lazyCrypto,
      lazySegmenters,
      withoutNamespaces,
    ] as Plugin[],
  } as const satisfies InputOptions;
}

/** What comes out. */
export const OUTPUT = {
  dir: DIST,
  format: 'esm',
  // Flat on purpose: `new URL('./worker.js', import.meta.url)` must hold in every chunk.
  entryFileNames: '[name].js',
  chunkFileNames: 'chunk-[hash].js',
  minify: true,
  codeSplitting: {
    groups: [{ name: chunksByStart(ROOT), debugName: 'by start' }],
    // Each has its own name: a module must not come along with the first one that imports it.
    includeDependenciesRecursively: false,
  },
  // The notices go to one file instead: see collectLicenses.
  comments: { legal: false },
} as const satisfies OutputOptions;

/** What is read of a package.json. */
export type Manifest = { name: string; version: string; license?: string };

/** Reads a package's manifest. */
export async function readManifest(directory: string): Promise<Manifest> {
  return JSON.parse(await readFile(join(directory, 'package.json'), 'utf8')) as Manifest;
}

/** Puts a new `dist/` in the place of the old one, whole. */
export async function writeDist(
  chunks: readonly OutputChunk[],
  licenses: string,
  shared: ReadonlyMap<string, string>,
): Promise<void> {
  const share = join(STAGING, 'share');
  await rm(STAGING, { recursive: true, force: true });
  await mkdir(share, { recursive: true });
  await Promise.all([
    ...chunks.map(({ fileName, code }) => writeFile(join(STAGING, fileName), code)),
    writeFile(join(STAGING, 'THIRD-PARTY-LICENSES.txt'), licenses),
    ...[...shared].map(([name, text]) => writeFile(join(share, name), text)),
  ]);
  await rm(DIST, { recursive: true, force: true });
  await rename(STAGING, DIST);
}
