/**
 * The manifest of the package that is published, in the place of the checkout's while npm packs: `staged` puts it there,
 * `whole` puts the checkout's back. npm reads the manifest again after `prepack`.
 */
import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { ROOT } from '../bundle.ts';
import { stagedManifest } from './stage.ts';

const MANIFEST = join(ROOT, 'package.json');
/** The checkout's manifest meanwhile. */
const KEPT = `${MANIFEST}.whole`;

function putBack(): void {
  if (existsSync(KEPT)) renameSync(KEPT, MANIFEST);
}

// What was interrupted has left it.
putBack();
if (process.argv[2] === 'staged') {
  const text = readFileSync(MANIFEST, 'utf8');
  writeFileSync(KEPT, text);
  writeFileSync(MANIFEST, stagedManifest(text, ['files']));
}
