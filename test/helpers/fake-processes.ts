import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';

/** What a process in a pretended /proc holds. */
export type FakeProcess = {
  command?: string;
  /** Inodes of its sockets, one file descriptor each. */
  sockets?: readonly number[];
  /** Other things that its file descriptors are. */
  files?: readonly string[];
  stat?: string;
};

const NOBODY = 65_534;

/** Processes in a pretended /proc: the given one, or one in a directory of its own, which goes with the test. */
export class FakeProcesses {
  readonly path: string;

  constructor(path = emptyProc()) {
    this.path = path;
  }

  /** Starts a process, or gives one another shape. */
  set(pid: number, process: FakeProcess = {}): void {
    const { command = `p${pid}`, sockets = [], files = [], stat } = process;
    this.end(pid);
    mkdirSync(this.fdPath(pid), { recursive: true });
    writeFileSync(join(this.path, `${pid}/comm`), `${command}\n`);
    if (stat !== undefined) writeFileSync(join(this.path, `${pid}/stat`), stat);
    [...files, ...sockets.map((inode) => `socket:[${inode}]`)].forEach((target, fd) =>
      symlinkSync(target, join(this.fdPath(pid), String(fd))),
    );
  }

  end(pid: number): void {
    rmSync(join(this.path, String(pid)), { recursive: true, force: true });
  }

  /** Where the file descriptors of a process are. */
  fdPath(pid: number): string {
    return join(this.path, `${pid}/fd`);
  }

  /** Sets who may read the file descriptors; for the end of the test, everybody may. */
  permit(pid: number, mode: number): void {
    chmodSync(this.fdPath(pid), mode);
    onTestFinished(() => {
      if (existsSync(this.fdPath(pid))) chmodSync(this.fdPath(pid), 0o755);
    });
  }
}

function emptyProc(): string {
  const path = mkdtempSync(join(tmpdir(), 'ephtop-processes-'));
  onTestFinished(() => rmSync(path, { recursive: true, force: true }));
  // Readable for nobody too; see `asNobody`.
  chmodSync(path, 0o755);
  for (const name of ['net', 'sys', '1x']) mkdirSync(join(path, name));
  symlinkSync('812', join(path, 'self'));
  return path;
}

/** Runs something as a user for whom permissions count, whoever runs the test. */
export function asNobody<Result>(run: () => Result): Result {
  if (process.geteuid?.() !== 0) return run();
  process.seteuid?.(NOBODY);
  try {
    return run();
  } finally {
    process.seteuid?.(0);
  }
}
