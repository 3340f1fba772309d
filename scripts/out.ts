/** Where what is shipped is put: `out/` of the checkout, or another directory for tests. */
import { createHash } from 'node:crypto';
import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { ROOT } from './bundle.ts';

export const OUT = join(ROOT, 'out');

/** A line of `sha256sum`, by which it checks a file. */
export function checksumLine(directory: string, name: string): string {
  const hash = createHash('sha256').update(readFileSync(join(directory, name)));
  return `${hash.digest('hex')}  ${name}\n`;
}

/** Puts a file's checksum beside it, and says how large it is. */
export function putChecksum(directory: string, name: string): void {
  writeFileSync(join(directory, `${name}.sha256`), checksumLine(directory, name));
  const bytes = statSync(join(directory, name)).size;
  process.stdout.write(`${join(directory, name)}  ${(bytes / 1e6).toFixed(1)} MB\n`);
}
