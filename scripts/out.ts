/** Where what is shipped is put: `out/` of the checkout. */
import { createHash } from 'node:crypto';
import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { ROOT } from './bundle.ts';

export const OUT = join(ROOT, 'out');

/** A file in `out/`, whole at once. */
export function putOut(name: string, content: string | Buffer, mode = 0o644): string {
  const file = join(OUT, name);
  writeFileSync(`${file}.new`, content, { mode });
  renameSync(`${file}.new`, file);
  return file;
}

/** A line of `sha256sum`, by which it checks a file of `out/`. */
export function checksumLine(name: string): string {
  const hash = createHash('sha256').update(readFileSync(join(OUT, name)));
  return `${hash.digest('hex')}  ${name}\n`;
}

/** Says that a file is there, and how large it is. */
export function sayMade(name: string): void {
  const bytes = readFileSync(join(OUT, name)).length;
  process.stdout.write(`out/${name}  ${(bytes / 1e6).toFixed(1)} MB\n`);
}
