/** The package that is published: what runs, what it is shipped with, and the pages that its README leads to. */
import { chmodSync, readdirSync, statSync } from 'node:fs';
import { cp, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { ROOT } from '../bundle.ts';

/**
 * What of the checkout's manifest holds for the package. No dependencies: the bundle has them in it. No scripts: it is
 * built, and npm asks nobody whether they may run. No `engines`: npm would warn of an old Node in words of its own, where the
 * launcher has a sentence that says what to do.
 */
const FIELDS = [
  'name',
  'version',
  'description',
  'keywords',
  'license',
  'repository',
  'man',
  'bin',
  'type',
];

type Manifest = Readonly<Record<string, unknown>> & { readonly files: readonly string[] };

/** The text of the package's manifest, from that of the checkout. `more`: further fields that it keeps. */
export function stagedManifest(text: string, more: readonly string[] = []): string {
  const kept = Object.entries(JSON.parse(text) as Manifest).filter(([name]) =>
    [...FIELDS, ...more].includes(name),
  );
  return `${JSON.stringify(Object.fromEntries(kept), undefined, 2)}\n`;
}

/** Makes the package in a directory, anew. The checkout must be built. */
export async function stagePackage(directory: string): Promise<void> {
  await rm(directory, { recursive: true, force: true });
  await mkdir(directory, { recursive: true });
  const text = await readFile(join(ROOT, 'package.json'), 'utf8');
  const { files } = JSON.parse(text) as Manifest;
  for (const name of [...files, ...ALWAYS])
    // oxlint-disable-next-line no-await-in-loop -- a few files, and an error names the first that is missing
    await cp(join(ROOT, name), join(directory, name), { recursive: true });
  await writeFile(join(directory, 'package.json'), stagedManifest(text));
  giveRights(directory);
}

/** Gives what is in a directory, and itself, the rights of a package: a checkout may have been made for its owner alone (umask 077). */
export function giveRights(directory: string): void {
  const entries = readdirSync(directory, { recursive: true, withFileTypes: true });
  const paths = entries
    .filter((entry) => !entry.isSymbolicLink())
    .map(({ parentPath, name }) => join(parentPath, name));
  for (const path of [directory, ...paths]) {
    const stats = statSync(path);
    const isOpenedOrRun = stats.isDirectory() || (stats.mode & 0o100) !== 0;
    chmodSync(path, isOpenedOrRun ? 0o755 : 0o644);
  }
}

/** npm takes these without being told. */
const ALWAYS = ['LICENSE', 'README.md'];
