/**
 * Builds `dist/` from `src/`: `node scripts/build.ts`.
 *
 * The output is bundled, because one file loads in half the time of a tree of packages, and split,
 * so that a headless command never reads Ink and React.
 */
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';

import { build, type OutputChunk } from 'rolldown';

import { inputOptions, OUTPUT, readManifest, ROOT, writeDist } from './bundle.ts';
import { sharedFiles } from './share.ts';

/** Directories of the packages that ended up in the bundle. */
function bundledPackages(chunks: readonly OutputChunk[]): string[] {
  const modules = chunks.flatMap(({ moduleIds }) => moduleIds);
  const directories = modules.flatMap((id) => {
    const match = /^\/.*\/node_modules\/(?:@[^/]+\/)?[^/]+/.exec(id);
    return match ? [match[0]] : [];
  });
  return [...new Set(directories)].toSorted();
}

/** The licence notices the bundled packages ask to be passed on, as one text. */
async function collectLicenses(chunks: readonly OutputChunk[]): Promise<string> {
  const notices = bundledPackages(chunks).map(async (directory) => {
    const manifest = await readManifest(directory);
    const file = (await readdir(directory)).find((name) => /^licen[cs]e/i.test(name));
    const text = file
      ? await readFile(join(directory, file), 'utf8')
      : `License: ${manifest.license ?? 'not stated'}`;
    return `${manifest.name} ${manifest.version}\n\n${text.trim()}\n`;
  });
  return (await Promise.all(notices)).join(`\n${'-'.repeat(72)}\n\n`);
}

try {
  const { version } = await readManifest(ROOT);
  const { output } = await build({ ...inputOptions(version), output: OUTPUT, write: false });
  const chunks = output.filter((file) => file.type === 'chunk');
  await writeDist(chunks, await collectLicenses(chunks), sharedFiles(version));
} catch (error) {
  // With the source lines, where it is an error of theirs; the old dist still stands.
  process.stderr.write(`build: ${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
}
