import { statSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { nameOfNamespace } from '../../src/source/namespace-name.ts';
import { NetworkNamespaces } from '../../src/source/network-namespaces.ts';
import { procRoot } from '../../src/source/proc-root.ts';
import { FakeNamespaces } from '../helpers/fake-namespaces.ts';

function opened() {
  const fake = new FakeNamespaces();
  const proc = procRoot(fake.path);
  return { fake, proc, list: new NetworkNamespaces(proc, proc) };
}

const mountOf = (inode: number, path: string) =>
  `301 26 0:4 net:[${inode}] ${path} rw - nsfs nsfs rw\n`;

describe('the list of network namespaces', () => {
  it('has each once, with its processes in ascending order', () => {
    const { fake, list } = opened();
    for (const pid of [10, 9, 1]) fake.set(pid, { inode: 100, network: 'a' });
    fake.set(20, { inode: 200, network: 'b' });
    expect(list.look()).toEqual([
      { id: 'net:100', inode: 100, pids: [1, 9, 10], mountPath: undefined },
      { id: 'net:200', inode: 200, pids: [20], mountPath: undefined },
    ]);
  });

  it('tells those apart whose links this user may not read', () => {
    const { fake, list } = opened();
    fake.set(1, { network: 'a' });
    fake.set(2, { network: 'b' });
    fake.set(3, { network: 'a' });
    const idOf = (network: string) => `netstat:${statSync(join(fake.path, network)).ino}`;
    expect(list.look().map(({ id, inode, pids }) => [id, inode, pids])).toEqual([
      [idOf('a'), undefined, [1, 3]],
      [idOf('b'), undefined, [2]],
    ]);
  });

  it('knows a process of another user in the namespace of an own one, whichever comes first', () => {
    const { fake, list } = opened();
    fake.set(1, { network: 'a' });
    fake.set(2, { inode: 100, network: 'a' });
    fake.set(3, { network: 'a' });
    expect(list.look().map(({ id, pids }) => [id, pids])).toEqual([['net:100', [1, 2, 3]]]);
    expect(list.look().map(({ pids }) => pids)).toEqual([[1, 2, 3]]);
  });

  it('has those that are only mounted, and where the others are mounted', () => {
    const { fake, list } = opened();
    fake.set(1, { inode: 100, network: 'a' });
    fake.mount(mountOf(100, '/run/netns/blue') + mountOf(300, '/run/netns/green'));
    expect(list.look()).toEqual([
      { id: 'net:100', inode: 100, pids: [1], mountPath: '/run/netns/blue' },
      { id: 'net:300', inode: 300, pids: [], mountPath: '/run/netns/green' },
    ]);
  });

  it('knows at the next look that a doubtful one has only zombies left', () => {
    const { fake, list } = opened();
    fake.set(1, { inode: 100, network: 'a' });
    for (const pid of [20, 21]) fake.set(pid, { inode: 200, network: 'b' });
    list.look();
    for (const pid of [20, 21]) fake.leaveZombie(pid);
    expect(list.look().map(({ id }) => id)).toEqual(['net:100', 'net:200']);
    list.doubt('net:200');
    expect(list.look().map(({ id }) => id)).toEqual(['net:100']);
  });

  it('has this process where it began, wherever its main thread is now', () => {
    const { fake, list } = opened();
    fake.set(process.pid, { inode: 100, network: 'a' });
    fake.mount(mountOf(200, '/run/netns/green'));
    list.look();
    fake.set(process.pid, { inode: 200, network: 'b' });
    for (let look = 0; look < 16; look++)
      expect(list.look().map(({ id, pids }) => [id, pids])).toEqual([
        ['net:100', [process.pid]],
        ['net:200', []],
      ]);
  });

  it('follows processes that come, end, and move to another namespace', () => {
    const { fake, list } = opened();
    fake.set(1, { inode: 100, network: 'a' });
    fake.set(2, { inode: 200, network: 'b' });
    list.look();
    fake.end(2);
    fake.set(3, { inode: 300, network: 'c' });
    expect(list.look().map(({ id, pids }) => [id, pids])).toEqual([
      ['net:100', [1]],
      ['net:300', [3]],
    ]);
    fake.set(1, { inode: 300, network: 'c' });
    const looks = Array.from({ length: 16 }, () => list.look());
    expect(looks.at(-1)?.map(({ id, pids }) => [id, pids])).toEqual([['net:300', [1, 3]]]);
  });

  it('forgets the file of a namespace that has gone: the kernel gives its inode to another', () => {
    const { fake, list } = opened();
    fake.set(1, { inode: 100, network: 'a' });
    list.look();
    fake.end(1);
    list.look();
    fake.set(2, { network: 'a' });
    expect(list.look().map(({ inode }) => inode)).toEqual([undefined]);
  });

  it('is empty where no process is seen', () => {
    expect(opened().list.look()).toEqual([]);
  });
});

describe('the name of a namespace', () => {
  const nameIn = (fake: FakeNamespaces, pids: number[], mountPath?: string) =>
    nameOfNamespace({ id: 'net:100', pids, mountPath }, procRoot(fake.path));

  it('is that of ip netns', () => {
    const { fake } = opened();
    fake.set(1, { inode: 100, network: 'a' });
    expect(nameIn(fake, [1], '/run/netns/blue')).toBe('blue');
  });

  it("is the container's id, of the first process that has one", () => {
    const { fake } = opened();
    const cgroup = `0::/docker/${'3f2a9c81d0e4'.padEnd(64, '0')}\n`;
    fake.set(1, { inode: 100, network: 'a' });
    fake.set(2, { inode: 100, network: 'a', cgroup });
    expect(nameIn(fake, [1, 2], '/run/docker/netns/77')).toBe('3f2a9c81d0e4');
  });

  it('is the command and pid of the oldest process that is still there', () => {
    const { fake } = opened();
    fake.set(7, { inode: 100, network: 'a', command: 'haproxy' });
    expect(nameIn(fake, [3, 7])).toBe('haproxy[7]');
  });

  it('is the last part of its path, or else its id, where it has no process', () => {
    const { fake } = opened();
    expect(nameIn(fake, [], '/run/docker/netns/77')).toBe('77');
    expect(nameIn(fake, [])).toBe('net:100');
  });
});
