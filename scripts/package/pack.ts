/** Packs the package. */
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { stagePackage } from './stage.ts';

/**
 * Makes `ephtop-VERSION.tgz` in a directory, and returns its name. npm gives each file the same date and the archive an order:
 * the same content makes the same bytes.
 */
export async function packPackage(directory: string): Promise<string> {
  const stage = mkdtempSync(join(tmpdir(), 'ephtop-package-'));
  try {
    await stagePackage(stage);
    mkdirSync(directory, { recursive: true });
    const words = ['pack', '--silent', '--ignore-scripts', '--pack-destination', directory];
    return execFileSync('npm', words, { cwd: stage, encoding: 'utf8' }).trim();
  } finally {
    rmSync(stage, { recursive: true });
  }
}
