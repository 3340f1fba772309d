import fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import {
  ipNetnsName,
  namespaceFile,
  parseContainer,
  parseMountedNetworks,
  parseNetworkLink,
} from '../../src/kernel/namespace-names.ts';

const ID = '3f2a9c'.padEnd(64, '0');
const INNER = 'beef'.padEnd(64, '1');
const POD = '0b1c2d3e-4f50-6172-8394-a5b6c7d8e9f0';

describe('the container in /proc/PID/cgroup', () => {
  test.each([
    ['docker, version 1', `12:memory:/docker/${ID}\n0::/`, ID, undefined],
    ['docker, systemd', `0::/system.slice/docker-${ID}.scope\n`, ID, undefined],
    ['podman', `0::/machine.slice/libpod-${ID}.scope/container\n`, ID, undefined],
    ['kubelet, cgroupfs', `0::/kubepods/burstable/pod${POD}/${ID}\n`, ID, POD],
    [
      'kubelet, systemd and containerd',
      `0::/kubepods.slice/kubepods-burstable.slice/kubepods-burstable-pod${POD.replaceAll('-', '_')}.slice/cri-containerd-${ID}.scope\n`,
      ID,
      POD,
    ],
    [
      'CRI-O, guaranteed',
      `0::/kubepods.slice/kubepods-pod${POD.replaceAll('-', '_')}.slice/crio-${ID}.scope\n`,
      ID,
      POD,
    ],
    ['nested: the innermost', `0::/docker/${ID}/docker/${INNER}\n`, INNER, undefined],
    ['the first line that has one', `2:cpu:/\n1:name=systemd:/docker/${ID}\n`, ID, undefined],
  ])('%s', (_, text, id, pod) => {
    expect(parseContainer(text)).toEqual({ id, pod });
  });

  test.each([
    '',
    '0::/\n',
    '0::/user.slice/user-0.slice/session-1.scope\n',
    `0::/docker/${ID.slice(1)}\n`,
    `0::/docker/${ID}0\n`,
    `0::/docker/${ID.toUpperCase()}\n`,
    `/docker/${ID}`,
  ])('none in %j', (text) => {
    expect(parseContainer(text)).toBeUndefined();
  });

  it('never throws, and gives nothing but hexadecimal digits', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        const container = parseContainer(text);
        expect(container === undefined || /^[\da-f]{64}$/.test(container.id)).toBe(true);
      }),
    );
  });
});

test.each([
  ['net:[4026531840]', 4026531840],
  ['net:[0]', 0],
  ['uts:[4026531838]', undefined],
  ['net:[x]', undefined],
  ['net:[1] ', undefined],
  ['net:[1234567890123456]', undefined],
  ['', undefined],
])('the inode in the link %j is %j', (target, inode) => {
  expect(parseNetworkLink(target)).toBe(inode);
});

it('finds the namespaces that are mounted, whatever their path', () => {
  const mountinfo = [
    '22 27 0:20 / /proc rw,nosuid - proc proc rw',
    '301 26 0:4 net:[4026532300] /run/netns/blue rw shared:1 - nsfs nsfs rw',
    '302 26 0:4 uts:[4026532301] /run/utsns/blue rw - nsfs nsfs rw',
    String.raw`303 26 0:4 net:[4026532302] /run/my\040place rw - nsfs nsfs rw`,
    '304 26 0:4 net:[4026532303]',
    '',
  ].join('\n');
  expect(parseMountedNetworks(mountinfo)).toEqual([
    { inode: 4026532300, path: '/run/netns/blue' },
    { inode: 4026532302, path: '/run/my place' },
  ]);
});

test.each([
  ['/run/netns/blue', 'blue'],
  ['/var/run/netns/blue green', 'blue green'],
  ['/run/docker/netns/1234', undefined],
  ['/run/netns/a/b', undefined],
  ['/run/netns/', undefined],
])('ip netns calls %j %j', (path, name) => {
  expect(ipNetnsName(path)).toBe(name);
});

test.each([
  [['/run/netns/blue', '/proc/7/ns/net'], '/run/netns/blue'],
  [[undefined, '/proc/7/ns/net'], '/proc/7/ns/net'],
  [['/run/netns/blue green', '/proc/7/ns/net'], '/proc/7/ns/net'],
  [['/run/netns/$(reboot)'], undefined],
  [['/run/netns/a;b'], undefined],
  [["/run/netns/a'b"], undefined],
  [['/run/netns/a\nb'], undefined],
  [['-rf'], undefined],
  [[], undefined],
])('of %j a command for root can have %j', (paths, file) => {
  expect(namespaceFile(paths)).toBe(file);
});
