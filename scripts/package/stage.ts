/** The package that is published: what runs, what it is shipped with, and the pages that its README leads to. */
import { cp, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { ROOT } from '../bundle.ts';

/** Files and directories of the checkout, as they are. */
const CONTENT = [
  'bin',
  'dist',
  'lib',
  'schema',
  'deploy',
  'docs',
  'screenshots',
  'monitoring/dashboards',
  'monitoring/prometheus-alerts.yaml',
  'monitoring/prometheus-rules.yaml',
  'CHANGELOG.md',
  'CONTRIBUTING.md',
  'LICENSE',
  'README.md',
  'SECURITY.md',
];

/**
 * What of the checkout's manifest holds for the package. No dependencies: the bundle has them in it. No scripts: it is
 * built, and npm asks nobody whether they may run. No `engines`: npm would warn of an old Node in words of its own, where the
 * launcher has a sentence that says what to do.
 */
const FIELDS = ['name', 'version', 'description', 'keywords', 'license', 'man', 'bin', 'type'];

/** Makes the package in a directory, anew. The checkout must be built. */
export async function stagePackage(directory: string): Promise<void> {
  await rm(directory, { recursive: true, force: true });
  await mkdir(directory, { recursive: true });
  for (const name of CONTENT)
    // oxlint-disable-next-line no-await-in-loop -- a few files, and an error names the first that is missing
    await cp(join(ROOT, name), join(directory, name), { recursive: true });
  const text = await readFile(join(ROOT, 'package.json'), 'utf8');
  const fields = Object.entries(JSON.parse(text) as Record<string, unknown>);
  const manifest = Object.fromEntries(fields.filter(([name]) => FIELDS.includes(name)));
  await writeFile(join(directory, 'package.json'), `${JSON.stringify(manifest, undefined, 2)}\n`);
}
