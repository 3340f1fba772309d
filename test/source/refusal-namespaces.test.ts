import { linkSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { procRoot } from '../../src/source/proc-root.ts';
import { RefusalNamespaces } from '../../src/source/refusal-namespaces.ts';
import { REFUSAL } from '../helpers/perf-records.ts';

/** A pretended /proc, where each namespace is a file. */
function fakeProc(remembered = 4096) {
  const path = mkdtempSync(join(tmpdir(), 'ephtop-proc-'));
  onTestFinished(() => rmSync(path, { recursive: true, force: true }));
  for (const namespace of ['ours', 'theirs']) writeFileSync(join(path, namespace), '');
  const end = (process: string | number) =>
    rmSync(join(path, String(process)), { recursive: true, force: true });
  const put = (process: string | number, namespace: 'ours' | 'theirs') => {
    end(process);
    mkdirSync(join(path, `${process}/net`), { recursive: true });
    linkSync(join(path, namespace), join(path, `${process}/net/netstat`));
  };
  put('thread-self', 'ours');
  const looks = { atAddresses: 0 };
  const namespaces = new RefusalNamespaces(
    procRoot(path),
    () => {
      looks.atAddresses++;
      return new Set(['10.0.3.7', 'fd00::1', '127.0.0.1', '::1']);
    },
    remembered,
  );
  /** Whose a refusal of that process is, by what becomes of it. */
  const whose = (
    pid: number | undefined,
    localAddress: string = REFUSAL.localAddress,
    tid?: number,
  ) => {
    const { own, unattributed, elsewhere } = namespaces.ownNamespaceOnly([
      { ...REFUSAL, pid, tid, localAddress },
    ]);
    expect(own.length + unattributed.length + elsewhere).toBe(1);
    return own.length === 1 ? 'ours' : elsewhere === 1 ? 'theirs' : undefined;
  };
  return { put, end, whose, looks, namespaces };
}

it('a process that lives says whose its refusals are, whatever their address', () => {
  const { put, whose, looks } = fakeProc();
  put(1, 'ours');
  put(2, 'theirs');
  expect([whose(1), whose(1, '192.0.2.1'), whose(2), whose(2, '127.0.0.1')]).toEqual([
    'ours',
    'ours',
    'theirs',
    'theirs',
  ]);
  expect(looks.atAddresses).toBe(0);
});

it('a thread may be of another namespace than its process', () => {
  const { put, end, whose } = fakeProc();
  put(1, 'ours');
  put(2, 'theirs');
  expect([whose(1, '127.0.0.1', 1), whose(1, '127.0.0.1', 2)]).toEqual(['ours', 'theirs']);
  end(2);
  expect(whose(1, '127.0.0.1', 2)).toBe('theirs');
  // One that was never seen alive: the process does not speak for it.
  expect(whose(1, '127.0.0.1', 3)).toBeUndefined();
});

it('a process that has ended is remembered, with the namespace that it was in last', () => {
  const { put, end, whose } = fakeProc();
  put(1, 'ours');
  whose(1);
  put(1, 'theirs');
  expect(whose(1)).toBe('theirs');
  end(1);
  expect(whose(1, '127.0.0.1')).toBe('theirs');
});

it.each<[string, 'ours' | 'theirs' | undefined]>([
  // An address of this namespace may be a container's as well.
  ['10.0.3.7', undefined],
  ['172.17.0.2', 'theirs'],
  ['fd00::1', undefined],
  ['fd00::2', 'theirs'],
  ['127.0.0.1', undefined],
  ['127.9.9.9', undefined],
  ['::1', undefined],
])('without the process, %s says that it is of %s', (address, expected) => {
  const { whose } = fakeProc();
  expect(whose(1, address)).toBe(expected);
  expect(whose(undefined, address)).toBe(expected);
});

it('where the own namespace cannot be told, addresses say which are not of it', () => {
  const { put, end, whose } = fakeProc();
  put(1, 'theirs');
  end('thread-self');
  expect([whose(1), whose(1, '172.17.0.2')]).toEqual([undefined, 'theirs']);
});

it('goes with its thread from namespace to namespace', () => {
  const { put, whose } = fakeProc();
  put(1, 'theirs');
  put('thread-self', 'theirs');
  expect(whose(1)).toBe('ours');
});

it('remembers so many processes, those that were seen last', () => {
  const { put, end, whose } = fakeProc(2);
  for (const pid of [1, 2, 3]) put(pid, 'theirs');
  for (const pid of [1, 2, 1, 3]) whose(pid);
  for (const pid of [1, 2, 3]) end(pid);
  expect([2, 1, 3].map((pid) => whose(pid, '::1'))).toEqual([undefined, 'theirs', 'theirs']);
});

it('looks at nothing where nothing was refused', () => {
  const { namespaces, looks } = fakeProc();
  expect(namespaces.ownNamespaceOnly([])).toEqual({ own: [], unattributed: [], elsewhere: 0 });
  expect(looks.atAddresses).toBe(0);
});
