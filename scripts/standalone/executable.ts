/** The program and a Node in one file. */
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { readManifest, ROOT } from '../bundle.ts';
import { nodeBinary } from './node-binary.ts';
import { singleFile } from './single-file.ts';
import { type Architecture, withoutLibatomic, withoutSymbols } from './slim-node.ts';

/**
 * The executable's user cannot add to these, neither on the command line nor by NODE_OPTIONS: it may run with more rights
 * than who starts it.
 */
const NODE_OPTIONS = ['--disable-sigusr1', '--disable-warning=ExperimentalWarning'];

/** Writes `ephtop.mjs` into a directory, and returns its name. */
export async function writeSingleFile(directory: string): Promise<string> {
  mkdirSync(directory, { recursive: true });
  const { version } = await readManifest(ROOT);
  const name = 'ephtop.mjs';
  writeFileSync(join(directory, name), await singleFile(version), { mode: 0o755 });
  return name;
}

/** Joins the `ephtop.mjs` of a directory with a Node, there, and returns the executable's name. */
export function writeExecutable(directory: string, architecture: Architecture): string {
  const name = `ephtop-linux-${architecture}`;
  const workshop = mkdtempSync(join(tmpdir(), 'ephtop-standalone-'));
  try {
    const executable = join(workshop, 'node');
    const node = withoutSymbols(withoutLibatomic(nodeBinary(architecture), architecture));
    writeFileSync(executable, node, { mode: 0o755 });
    const output = join(directory, `${name}.new`);
    const settings = {
      // Relative: the path is in the executable.
      main: 'ephtop.mjs',
      mainFormat: 'module',
      executable,
      output,
      disableExperimentalSEAWarning: true,
      // Compiled code is for the processor that compiles.
      useCodeCache: architecture === process.arch,
      execArgv: NODE_OPTIONS,
      execArgvExtension: 'none',
    };
    const file = join(workshop, 'settings.json');
    writeFileSync(file, JSON.stringify(settings));
    // Without the seed, compiled code differs from build to build.
    execFileSync(process.execPath, ['--random-seed=1', '--build-sea', file], {
      cwd: directory,
      stdio: ['ignore', 'ignore', 'inherit'],
    });
    renameSync(output, join(directory, name));
    return name;
  } finally {
    rmSync(workshop, { recursive: true });
  }
}
