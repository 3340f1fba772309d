import { constants } from 'node:os';
import { afterEach, expect, it, vi } from 'vitest';
import { isErrno, loadLibc, SystemCallError } from '../../src/source/libc.ts';
import { SourceError } from '../../src/source/source-error.ts';

afterEach(() => void vi.restoreAllMocks());

const load = (instead?: string) => () => loadLibc({}, 'netlink is read', instead);

it.each([
  [
    undefined,
    /^netlink is read through node:ffi, which Node [\d.]+ does not have: use Node 26 or newer\.$/,
  ],
  ['--source procfs', /does not have: use Node 26 or newer, or --source procfs\.$/],
])('a Node without node:ffi is told what to use; or instead: %s', (instead, message) => {
  vi.spyOn(process, 'getBuiltinModule').mockReturnValue(undefined);
  expect(load(instead)).toThrow(message);
  expect(load(instead)).toThrow(SourceError);
});

it.each([
  [undefined, 'netlink is read through node:ffi, which cannot be loaded (not allowed).'],
  ['--source procfs', 'cannot be loaded (not allowed): use --source procfs.'],
])('so is one that may not load it; or instead: %s', (instead, message) => {
  vi.spyOn(process, 'getBuiltinModule').mockImplementation(() => {
    throw new Error('not allowed');
  });
  expect(load(instead)).toThrow(message);
});

it('a system call that was refused names itself and its errno', () => {
  const error = new SystemCallError('mmap', constants.errno.EPERM);
  expect(error.message).toBe('mmap: EPERM');
  expect([isErrno(error, 'EPERM'), isErrno(error, 'EACCES')]).toEqual([true, false]);
  expect(new SystemCallError('mmap', 9999).message).toBe('mmap: errno 9999');
});
