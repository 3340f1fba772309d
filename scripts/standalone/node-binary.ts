/** The Node that a single file is made of: the package that the lock file names, for any processor. */
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { ROOT } from '../bundle.ts';
import type { Architecture } from './slim-node.ts';

interface Locked {
  readonly version: string;
  readonly integrity: string;
}

/** What the lock file says of it. Throws where it is of another version than the Node that builds. */
function locked(architecture: Architecture): Locked {
  const text = readFileSync(join(ROOT, 'package-lock.json'), 'utf8');
  const { packages } = JSON.parse(text) as { packages: Record<string, Locked> };
  const entry = packages[`node_modules/node-linux-${architecture}`];
  if (entry?.version !== process.versions.node)
    throw new Error(
      `the single file is made by the Node that it holds, ${entry?.version}; this is ${process.versions.node}: npm run build:standalone`,
    );
  return entry;
}

/** The binary. That of another processor is brought by npm, and is the one that the lock file names. */
export function nodeBinary(architecture: Architecture): Buffer {
  const { version, integrity } = locked(architecture);
  const name = `node-linux-${architecture}`;
  const installed = join(ROOT, 'node_modules', name, 'bin/node');
  if (existsSync(installed)) return readFileSync(installed);
  const directory = mkdtempSync(join(tmpdir(), 'ephtop-node-'));
  try {
    execFileSync('npm', ['pack', '--silent', `${name}@${version}`], { cwd: directory });
    const archive = join(directory, `${name}-${version}.tgz`);
    const hash = createHash('sha512').update(readFileSync(archive)).digest('base64');
    if (`sha512-${hash}` !== integrity) throw new Error(`${name} is not what the lock file names`);
    execFileSync('tar', ['-xzf', archive, '-C', directory, 'package/bin/node']);
    return readFileSync(join(directory, 'package/bin/node'));
  } finally {
    rmSync(directory, { recursive: true });
  }
}
