import { spawnSync } from 'node:child_process';
import { join } from 'node:path';

/** What `ephtop` is on a machine; it starts the program as `npm run build` has left it. */
export const LAUNCHER = join(import.meta.dirname, '../../bin/ephtop.cjs');

/** Runs a command that ends by itself. */
export function ephtop(...args: readonly string[]) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [LAUNCHER, ...args], {
    encoding: 'utf8',
  });
  return { status, stdout, stderr };
}
