/**
 * Builds `dist/` from `src/`: `node scripts/build.ts`.
 *
 * The output is bundled, because one file loads in half the time of a tree of packages, and split,
 * so that a headless command never reads Ink and React.
 */
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';

import { build, type Metafile } from 'esbuild';

import { bundleOptions, readManifest, ROOT, writeDist } from './bundle.ts';

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

try {
  const { version } = await readManifest(ROOT);
  const { outputFiles, metafile } = await build(bundleOptions(version));
  await writeDist(outputFiles, await collectLicenses(metafile));
} catch (error) {
  // esbuild has already printed its own errors, with the source lines; the old dist still stands.
  const [reason] = (error instanceof Error ? error.message : String(error)).split('\n');
  process.stderr.write(`build: ${reason}\n`);
  process.exitCode = 1;
}
