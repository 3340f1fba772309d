/** The files of a distribution's package, as they stand on the machine it is installed on. */
import {
  chmodSync,
  cpSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { gzipSync } from 'node:zlib';

import { ROOT } from '../bundle.ts';
import { OUT } from '../out.ts';
import { giveRights, stagePackage } from '../package/stage.ts';
import type { Architecture } from '../standalone/slim-node.ts';
import { UNITS } from './units.ts';

/** Where zsh looks for the completions of packages: the one place in which distributions differ. */
export const ZSH = {
  deb: 'usr/share/zsh/vendor-completions',
  rpm: 'usr/share/zsh/site-functions',
} as const;

/** The kinds of packages. */
export type Kind = keyof typeof ZSH;

/** What npm's package has, and an executable beside it has not to have. */
const PROGRAM = ['bin', 'dist', 'lib', 'package.json', 'LICENSE'];

/**
 * Makes the tree of a kind of package in a directory, with the executable of `out/`. What npm's package has beside the program is in
 * /usr/share/ephtop, where the links of its pages hold.
 */
export async function makeTree(
  directory: string,
  kind: Kind,
  architecture: Architecture,
): Promise<void> {
  const share = join(directory, 'usr/share/ephtop');
  await stagePackage(share);
  const put = (source: string, target: string, mode = 0o644) => {
    mkdirSync(dirname(join(directory, target)), { recursive: true });
    cpSync(source, join(directory, target));
    chmodSync(join(directory, target), mode);
  };
  put(join(OUT, `ephtop-linux-${architecture}`), 'usr/bin/ephtop', 0o755);
  const made = join(share, 'dist/share');
  put(join(made, 'ephtop.bash'), 'usr/share/bash-completion/completions/ephtop');
  put(join(made, '_ephtop'), join(ZSH[kind], '_ephtop'));
  put(join(made, 'ephtop.fish'), 'usr/share/fish/vendor_completions.d/ephtop.fish');
  putCompressed(directory, 'usr/share/man/man1/ephtop.1.gz', join(made, 'ephtop.1'));
  for (const unit of UNITS) {
    const target = join('usr/lib/systemd/system', unit);
    put(join(share, 'deploy/systemd', unit), target);
    const text = readFileSync(join(directory, target), 'utf8');
    writeFileSync(join(directory, target), text.replaceAll('/usr/local/bin/', '/usr/bin/'));
  }
  // Removes old recordings of the recorder; without them it does nothing.
  put(join(share, 'deploy/systemd/ephtop-recordings.conf'), 'usr/lib/tmpfiles.d/ephtop.conf');
  for (const name of PROGRAM) rmSync(join(share, name), { recursive: true });
  rmSync(join(share, 'deploy/systemd'), { recursive: true });
}

/** A file as `gzip -9n` makes it. */
export function putCompressed(directory: string, target: string, source: string | Buffer): void {
  const content = typeof source === 'string' ? readFileSync(source) : source;
  mkdirSync(dirname(join(directory, target)), { recursive: true });
  writeFileSync(join(directory, target), gzipSync(content, { level: 9 }));
}

/** Every file of a tree, sorted, by its path in there. */
export function filesIn(directory: string): string[] {
  return readdirSync(directory, { recursive: true, withFileTypes: true })
    .filter((entry) => !entry.isDirectory())
    .map(({ parentPath, name }) => join(parentPath, name).slice(directory.length + 1))
    .toSorted();
}

/** The licences of all that is in the executable: ephtop's own, those of the packages in it, and Node's. */
export function licences(): string {
  const read = (file: string) => readFileSync(join(ROOT, file), 'utf8').trim();
  return [
    read('LICENSE'),
    read('dist/THIRD-PARTY-LICENSES.txt'),
    `Node.js\n\n${read(`node_modules/node-linux-${process.arch}/LICENSE`)}`,
  ].join(`\n\n${'-'.repeat(72)}\n\n`);
}

/** Gives every file and directory of a tree one date, and the rights that a package has. */
export function settle(directory: string, date: number): void {
  giveRights(directory);
  const entries = readdirSync(directory, { recursive: true, withFileTypes: true });
  const paths = entries.map(({ parentPath, name }) => join(parentPath, name));
  for (const path of [directory, ...paths].toReversed()) utimesSync(path, date, date);
}

/** Puts a package into `out/` that a tool has left elsewhere. */
export function moveOut(file: string, name: string): string {
  cpSync(file, join(OUT, `${name}.new`));
  renameSync(join(OUT, `${name}.new`), join(OUT, name));
  return name;
}
