/**
 * Builds `dist/` from `src/`: `node scripts/build.ts`.
 *
 * The output is bundled, because one file loads in half the time of a tree of packages, and split,
 * so that a headless command never reads Ink and React.
 */
import { mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { build, type Metafile, type OutputFile, type Plugin } from 'esbuild';

import { esbuildInkTable } from './ink-table-plugin.ts';
import { esbuildStringWidth } from './string-width-plugin.ts';

const ROOT = dirname(dirname(fileURLToPath(import.meta.url)));
const DIST = join(ROOT, 'dist');
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

async function bundle(version: string): Promise<{ files: OutputFile[]; metafile: Metafile }> {
  const { outputFiles, metafile } = await build({
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
    plugins: [withoutDevtools, esbuildInkTable, esbuildStringWidth],
    metafile: true,
    write: false,
    logLevel: 'warning',
  });
  return { files: outputFiles, metafile };
}

/** Directories of the packages that ended up in the bundle, relative to the root. */
function bundledPackages(metafile: Metafile): string[] {
  const directories = Object.keys(metafile.inputs).flatMap((input) => {
    const match = /^(?:.*\/)?node_modules\/(?:@[^/]+\/)?[^/]+/.exec(input);
    return match ? [match[0]] : [];
  });
  return [...new Set(directories)].toSorted();
}

/** The licence notices the bundled packages ask to be passed on, as one text. */
async function collectLicenses(metafile: Metafile): Promise<string> {
  const notices = bundledPackages(metafile).map(async (directory) => {
    const path = join(ROOT, directory);
    const manifest = await readManifest(path);
    const file = (await readdir(path)).find((name) => /^licen[cs]e/i.test(name));
    const text = file
      ? await readFile(join(path, file), 'utf8')
      : `License: ${manifest.license ?? 'not stated'}`;
    return `${manifest.name} ${manifest.version}\n\n${text.trim()}\n`;
  });
  return (await Promise.all(notices)).join(`\n${'-'.repeat(72)}\n\n`);
}

type Manifest = { name: string; version: string; license?: string };

async function readManifest(directory: string): Promise<Manifest> {
  return JSON.parse(await readFile(join(directory, 'package.json'), 'utf8')) as Manifest;
}

function withBanner({ text }: OutputFile): string {
  return /\brequire\b/.test(text) ? REQUIRE_BANNER + text : text;
}

async function writeDist(files: readonly OutputFile[], licenses: string): Promise<void> {
  await rm(STAGING, { recursive: true, force: true });
  await mkdir(STAGING);
  await Promise.all([
    ...files.map((file) => writeFile(join(STAGING, basename(file.path)), withBanner(file))),
    writeFile(join(STAGING, 'THIRD-PARTY-LICENSES.txt'), licenses),
  ]);
  await rm(DIST, { recursive: true, force: true });
  await rename(STAGING, DIST);
}

try {
  const { version } = await readManifest(ROOT);
  const { files, metafile } = await bundle(version);
  await writeDist(files, await collectLicenses(metafile));
} catch (error) {
  // esbuild has already printed its own errors, with the source lines; the old dist still stands.
  const [reason] = (error instanceof Error ? error.message : String(error)).split('\n');
  process.stderr.write(`build: ${reason}\n`);
  process.exitCode = 1;
}
