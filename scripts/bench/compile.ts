import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The C programs of the benchmark. */
export const C_PROGRAMS = ['floor-netlink', 'floor-procfs', 'sockets'] as const;
export type CProgram = (typeof C_PROGRAMS)[number];

const COMPILER = process.env['CC'] ?? 'cc';

/** A directory that goes away with the benchmark, and the C programs in it. */
export interface Workshop extends Disposable {
  readonly directory: string;
}

/** Where a compiled program stands. */
export function programPath(directory: string, program: CProgram): string {
  return join(directory, program);
}

/** Compiles the C programs. Throws an Error with a sentence for the user where that cannot be done. */
export function openWorkshop(): Workshop {
  const directory = mkdtempSync(join(tmpdir(), 'ephtop-bench-'));
  const remove = () => rmSync(directory, { recursive: true, force: true });
  try {
    for (const program of C_PROGRAMS) compile(directory, program);
  } catch (error) {
    remove();
    throw error;
  }
  return { directory, [Symbol.dispose]: remove };
}

function compile(directory: string, program: CProgram): void {
  const source = fileURLToPath(new URL(`${program}.c`, import.meta.url));
  const args = ['-O2', '-o', programPath(directory, program), source];
  const { status, stderr, error } = spawnSync(COMPILER, args, { encoding: 'utf8' });
  if (error !== undefined) {
    throw new Error(
      `the benchmark compares with programs in C, and there is no C compiler (${error.message}): install gcc or clang with the kernel's headers, so that "${COMPILER}" is found.`,
    );
  }
  if (status !== 0) throw new Error(`${COMPILER} could not compile ${program}.c:\n${stderr}`);
}
