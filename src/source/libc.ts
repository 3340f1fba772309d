import type * as Ffi from 'node:ffi';
import { constants, platform } from 'node:os';
import { SourceError } from './source-error.ts';

/** A failed system call. */
export class SystemCallError extends Error {
  override readonly name = 'SystemCallError';
  readonly call: string;
  readonly errno: number;
  /** The symbol of the errno, as Node's errors have it. */
  readonly code: string;

  constructor(call: string, errno: number) {
    const code = errnoName(errno);
    super(`${call}: ${code}`);
    this.call = call;
    this.errno = errno;
    this.code = code;
  }
}

const NAME_OF_ERRNO = new Map(
  Object.entries(constants.errno)
    // The same number as EAGAIN, by which it is known.
    .filter(([name]) => name !== 'EWOULDBLOCK')
    .map(([name, errno]) => [errno, name]),
);

/** The symbol of an errno, such as `ENOENT`. */
export function errnoName(errno: number): string {
  return NAME_OF_ERRNO.get(errno) ?? `errno ${errno}`;
}

/** True for a SystemCallError of that errno, such as `EINTR`. */
export function isErrno(error: unknown, name: keyof typeof constants.errno): boolean {
  return error instanceof SystemCallError && error.errno === constants.errno[name];
}

/**
 * libc by its symbols in this very process, so that it is the right one, glibc or musl. `check` returns a
 * call's result, or throws SystemCallError where that is negative. Throws SourceError where there is no
 * node:ffi (it came with Node 26), or no Linux. `done` names for the message what is done through it
 * (`netlink is read`), and `instead` an option that does without.
 */
export function loadLibc<const Symbols extends Ffi.FunctionDefinitions>(
  symbols: Symbols,
  done: string,
  instead?: string,
) {
  const ffi = loadFfi(done, instead);
  const { functions: libc, lib } = open(() => ffi.dlopen(null, symbols), done, instead);
  // Constant in a thread: looked up now, so that nothing runs between a call and its errno.
  const errno = lib.getFunction('__errno_location', { return: 'pointer', arguments: [] })();
  const check = (call: string, result: number): number => {
    if (result < 0) throw new SystemCallError(call, ffi.getInt32(errno));
    return result;
  };
  return { ffi, lib, libc, check };
}

/** node:ffi, loaded on demand, without the warning that would appear in the middle of the screen. */
function loadFfi(done: string, instead: string | undefined): typeof Ffi {
  if (platform() !== 'linux') throw new SourceError(`${done} on Linux only.`);
  // oxlint-disable-next-line typescript/unbound-method -- put back as it was, and called on process
  const { emitWarning } = process;
  // Node says once per thread, when the module is loaded, that it is experimental.
  process.emitWarning = (...[warning, type, ...rest]: unknown[]) => {
    if (type !== 'ExperimentalWarning')
      Reflect.apply(emitWarning, process, [warning, type, ...rest]);
  };
  try {
    const ffi = open(() => process.getBuiltinModule('node:ffi'), done, instead);
    if (ffi !== undefined) return ffi;
  } finally {
    process.emitWarning = emitWarning;
  }
  const or = instead === undefined ? '' : `, or ${instead}`;
  throw new SourceError(
    `${done} through node:ffi, which Node ${process.versions.node} does not have: use Node 26 or newer${or}.`,
  );
}

/** Node's permission model forbids native code, unless --allow-ffi says otherwise. */
function open<Value>(load: () => Value, done: string, instead: string | undefined): Value {
  try {
    return load();
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    const use = instead === undefined ? '' : `: use ${instead}`;
    throw new SourceError(`${done} through node:ffi, which cannot be loaded (${reason})${use}.`);
  }
}
