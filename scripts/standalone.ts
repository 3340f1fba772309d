/**
 * Builds the program as single files: `npm run build:standalone [-- x64 arm64]`.
 *
 * - `out/ephtop.mjs` for a Node that is there;
 * - `out/ephtop-linux-x64`, `out/ephtop-linux-arm64`: the same with its own Node, an executable that needs nothing but glibc
 *   and libstdc++.
 *
 * Built twice from the same checkout, they are the same to the byte.
 */
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { readManifest, ROOT } from './bundle.ts';
import { checksumLine, OUT, putOut, sayMade } from './out.ts';
import { nodeBinary } from './standalone/node-binary.ts';
import { singleFile } from './standalone/single-file.ts';
import { type Architecture, withoutLibatomic, withoutSymbols } from './standalone/slim-node.ts';

const ARCHITECTURES: readonly Architecture[] = ['x64', 'arm64'];

/**
 * Of the executable. Its user cannot add to Node's options, neither on the command line nor by NODE_OPTIONS: it may run with
 * more rights than who starts it.
 */
const NODE_OPTIONS = ['--disable-sigusr1', '--disable-warning=ExperimentalWarning'];

/** Joins the program and a Node into one file. Code that is compiled ahead is for the processor that builds. */
function joinNode(main: string, architecture: Architecture, output: string): void {
  const directory = mkdtempSync(join(tmpdir(), 'ephtop-standalone-'));
  try {
    const executable = join(directory, 'node');
    const node = withoutSymbols(withoutLibatomic(nodeBinary(architecture), architecture));
    writeFileSync(executable, node, { mode: 0o755 });
    const settings = {
      main,
      mainFormat: 'module',
      executable,
      output,
      disableExperimentalSEAWarning: true,
      useCodeCache: architecture === process.arch,
      execArgv: NODE_OPTIONS,
      execArgvExtension: 'none',
    };
    const file = join(directory, 'settings.json');
    writeFileSync(file, JSON.stringify(settings));
    // The seed: compiled code would differ from build to build.
    execFileSync(process.execPath, ['--random-seed=1', '--build-sea', file], {
      stdio: ['ignore', 'ignore', 'inherit'],
    });
  } finally {
    rmSync(directory, { recursive: true });
  }
}

const wanted = process.argv.slice(2);
const unknown = wanted.find((word) => !ARCHITECTURES.some((each) => each === word));
if (unknown !== undefined) throw new Error(`${unknown}: x64 or arm64`);

mkdirSync(OUT, { recursive: true });
const { version } = await readManifest(ROOT);
const main = putOut('ephtop.mjs', await singleFile(version), 0o755);
const names = ['ephtop.mjs'];
for (const architecture of ARCHITECTURES) {
  if (wanted.length > 0 && !wanted.includes(architecture)) continue;
  const name = `ephtop-linux-${architecture}`;
  joinNode(main, architecture, join(OUT, name));
  names.push(name);
}
for (const name of names) {
  putOut(`${name}.sha256`, checksumLine(name));
  sayMade(name);
}
