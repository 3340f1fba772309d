/** What must be read whole, or not at all, of the real kernel. */
import { beforeEach, describe, expect, test } from 'vitest';
import type { SnapshotDocument } from '../../helpers/snapshot-document.ts';
import {
  type Namespace,
  nodePath,
  openNamespace,
  programPath,
  requireNamespace,
} from '../../helpers/namespace.ts';
import { LOOPBACK } from './scenario.ts';

beforeEach(requireNamespace);

const SOURCES = ['netlink', 'procfs'] as const;

/** Every second port from low to high. */
const everySecond = (low: number, high: number) =>
  Array.from({ length: (high - low) / 2 + 1 }, (_, index) => low + 2 * index);

/** 14 kB of single ports. */
const LONG_LIST = [...everySecond(30_000, 32_766), ...everySecond(45_000, 46_998)].join(',');

const firstGroup = ({ groups }: SnapshotDocument) => groups[0];

async function connectTen(namespace: Namespace): Promise<void> {
  await namespace.listen(LOOPBACK);
  await namespace.connect({ destination: LOOPBACK, count: 10 });
}

describe('a long list of reserved ports is read to its end', () => {
  test.each(SOURCES)('in the default range, %s', async (source) => {
    await using namespace = await openNamespace();
    await namespace.setSysctl('net.ipv4.ip_local_reserved_ports', LONG_LIST);
    await connectTen(namespace);
    const document = await namespace.snapshot(source);
    expect(document.portSpace.reserved).toBe(1000);
    expect(firstGroup(document)).toMatchObject({ free: 27_222, freeAtLeast: 27_222 });
  });

  test('and the kernel gives as many ports as were free', async () => {
    await using namespace = await openNamespace();
    await namespace.setSysctl('net.ipv4.ip_local_port_range', '45000 46999');
    await namespace.setSysctl('net.ipv4.ip_local_reserved_ports', LONG_LIST);
    await connectTen(namespace);
    for (const source of SOURCES)
      expect(firstGroup(await namespace.snapshot(source))?.free).toBe(990);
    const { connections, stop } = await namespace.connect({ destination: LOOPBACK });
    expect(stop?.exhausted).toBe(true);
    expect(connections).toHaveLength(990);
  });
});

/** A snapshot by the program inside, with these options. */
async function snapshotWith(namespace: Namespace, ...options: string[]) {
  const args = [programPath, 'snapshot', '--format', 'json', ...options];
  const { status, stdout, stderr } = await namespace.run(nodePath(), args);
  return { status, stderr, document: JSON.parse(stdout) as SnapshotDocument };
}

describe('--proc of a process', () => {
  test('in the same network namespace: its sysctls are our own', async () => {
    await using namespace = await openNamespace();
    await namespace.setSysctl('net.ipv4.ip_local_port_range', '40000 40099');
    await connectTen(namespace);
    const proc = `/proc/${await namespace.pid()}`;
    const { document, stderr } = await snapshotWith(namespace, '--proc', proc);
    expect(stderr).toBe('');
    expect(document.portSpace).toMatchObject({ low: 40_000, high: 40_099 });
    expect(firstGroup(document)).toMatchObject({ free: 90, freeAtLeast: 90, uncertain: null });
  });

  test('in another one: the range is assumed, and no port is certain', async () => {
    await using namespace = await openNamespace();
    await using other = await openNamespace();
    await namespace.setSysctl('net.ipv4.ip_local_port_range', '40000 40099');
    await connectTen(namespace);
    const pid = await namespace.pid();
    const { document, stderr } = await snapshotWith(other, '--proc', `/proc/${pid}`);
    expect(stderr).toContain(`nsenter -t ${pid} -n ephtop`);
    expect(document.portSpace).toMatchObject({ low: 32_768, high: 60_999 });
    const group = firstGroup(document);
    expect(group?.freeAtLeast).toBe(0);
    expect(group?.uncertain).toContain('the default 32768 60999 is assumed');
    expect(group?.uncertain).toContain(`nsenter -t ${pid} -n ephtop`);
  });
});

/** Runs the program as root without any right, in a mount namespace whose procfs has these options. */
const hiding = (options: string) =>
  `mount --make-rprivate / && mount -t proc -o ${options} proc /proc && ` +
  `exec setpriv --regid 65534 --clear-groups --bounding-set=-all "$0" "$@"`;

describe('a procfs that hides processes', () => {
  test.for([
    ['hidepid=2', /^all processes of other users are hidden \(\/proc is mounted with hidepid=/],
    ['hidepid=2,gid=65534', undefined],
    ['hidepid=0', undefined],
  ] as const)('%s', async ([options, said], { skip }) => {
    if (process.getuid?.() !== 0) skip('only root may mount a procfs over this one');
    await using namespace = await openNamespace();
    await connectTen(namespace);
    const program = [nodePath(), programPath, 'snapshot', '--format', 'json'];
    const args = ['-m', 'sh', '-c', hiding(options), ...program];
    const { stdout, stderr } = await namespace.run('unshare', args);
    expect(stderr).toBe('');
    const { sampling } = JSON.parse(stdout) as SnapshotDocument;
    if (said === undefined) expect(sampling.ownersHidden).toBeUndefined();
    else expect(sampling.ownersHidden).toMatch(said);
  });
});
