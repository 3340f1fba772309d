/** The states of a check, against the kernel: in namespaces whose ports are used up as far as the test wants. */
import { fileURLToPath } from 'node:url';
import { setTimeout as delay } from 'node:timers/promises';
import { beforeEach, describe, expect, test } from 'vitest';
import {
  type Namespace,
  nodePath,
  openNamespace,
  programPath,
  requireNamespace,
} from '../../helpers/namespace.ts';
import { apart, requireTracefs } from '../../helpers/tracefs-namespace.ts';

const DESTINATION = { address: '127.0.0.1', port: 8080 };

/** A namespace with a hundred ports and a listener, and so many connections. */
async function using100Ports(count: number): Promise<Namespace> {
  const namespace = await openNamespace();
  await namespace.setSysctl('net.ipv4.ip_local_port_range', '40000 40099');
  await namespace.setSysctl('net.ipv4.tcp_tw_reuse', '0');
  await namespace.listen(DESTINATION);
  if (count > 0) await namespace.connect({ destination: DESTINATION, count });
  return namespace;
}

const check = (namespace: Namespace, ...args: string[]) =>
  namespace.run(nodePath(), [programPath, 'check', ...args]);

describe('a namespace with a hundred ports', () => {
  beforeEach(requireNamespace);

  test.for<[number, number, RegExp]>([
    [
      0,
      0,
      /^EPHTOP OK: no outgoing TCP connections, every port is free \| used=0%;75;90;0;100 free=100;;;0;100 /,
    ],
    [
      40,
      0,
      /^EPHTOP OK: 127\.0\.0\.1 -> 127\.0\.0\.1:8080 is the fullest of 1 group: 40\.0% used \(60 of 100 left\) \| used=40%;75;90;0;100 free=60;;;0;100 /,
    ],
    [75, 0, /^EPHTOP OK: .* 75\.0% used/],
    [76, 1, /^EPHTOP WARNING: .* is short of ports: 76\.0% used \(24 of 100 left\) \| used=76%;/],
    [90, 1, /^EPHTOP WARNING: .* 90\.0% used/],
    [91, 2, /^EPHTOP CRITICAL: .* is short of ports: 91\.0% used \(9 of 100 left\) \| /],
    [
      100,
      2,
      /^EPHTOP CRITICAL: .* is out of ports, 100\.0% used \(0 of 100 left\) \| .* eta=0s;120:;30:;0 /,
    ],
  ])('%d in use: exit %d', async ([count, status, line]) => {
    await using namespace = await using100Ports(count);
    const found = await check(namespace);
    expect(found.stdout).toMatch(line);
    expect(found).toMatchObject({ status, stderr: '' });
    expect(found.stdout).toMatch(/^[^\n]+\n$/);
  });

  test('a range of before says nothing once the group takes others', async () => {
    await using namespace = await using100Ports(95);
    await namespace.setSysctl('net.ipv4.ip_local_port_range', '20000 60999');
    const before = await check(namespace, '-v');
    expect(before).toMatchObject({ status: 1 });
    expect(before.stdout).toMatch(
      /cannot be judged for sure: This group only takes ports 4\d+-4\d+:/,
    );
    expect(before.stdout).toMatch(/used=9\d(?:\.\d+)?%;75;90;0;100 free=\d;;;0 /);
    await namespace.connect({ destination: DESTINATION, count: 300 });
    const after = await check(namespace);
    expect(after).toMatchObject({ status: 0 });
    expect(after.stdout).toMatch(/: 1\.0% used \(40,60\d of 41,000 left\) \| /);
  });

  test('a look that misses nothing is not repeated; one that may is, within the time limit', async () => {
    await using namespace = await using100Ports(60);
    expect((await check(namespace, '-v')).stdout).toContain(', 2 looks;');
    expect((await check(namespace, '-v', '-t', '4s')).stdout).toContain(', one look;');
    await using calm = await using100Ports(40);
    expect((await check(calm, '-v')).stdout).toContain(', one look;');
  });

  test('closes alone foretell the end, from one look and without any file', async () => {
    await using namespace = await using100Ports(0);
    const startedMs = performance.now();
    let closed = 0;
    for (; performance.now() - startedMs < 5000 && closed < 45; closed++) {
      const { connections } = await namespace.connect({ destination: DESTINATION, count: 1 });
      await namespace.close(
        connections.map(({ id }) => id),
        'client-first',
      );
      await delay(100);
    }
    const { status, stdout } = await check(namespace, '-w', '100', '-c', '100');
    expect(stdout).toMatch(
      /^EPHTOP (?:WARNING|CRITICAL): .* runs out of ports in \d+ s, .* left\) \| /,
    );
    expect(status).toBe(stdout.startsWith('EPHTOP CRITICAL') ? 2 : 1);
    const etaSeconds = Number(/eta=([\d.]+)s;120:;30:;0 /.exec(stdout)?.[1]);
    const perSecond = closed / ((performance.now() - startedMs) / 1000);
    const expected = (100 - closed) / perSecond;
    expect(etaSeconds).toBeGreaterThan(expected / 2);
    expect(etaSeconds).toBeLessThan(expected * 2);
  });

  test('a range without a usable port is CRITICAL before there is a connection', async () => {
    await using namespace = await using100Ports(0);
    await namespace.setSysctl('net.ipv4.ip_local_reserved_ports', '40000-40099');
    const { status, stdout } = await check(namespace);
    expect(status).toBe(2);
    expect(stdout).toMatch(
      /^EPHTOP CRITICAL: no connect\(\) can get a port: all of 40000-40099 are reserved or held \| /,
    );
  });
});

describe('refused connections', () => {
  beforeEach(requireTracefs);

  const scenario = async (name: string): Promise<unknown> => {
    const path = fileURLToPath(new URL('./check-scenarios.ts', import.meta.url));
    const command = [nodePath(), '--disable-warning=ExperimentalWarning', path, name];
    return JSON.parse(await apart(command, 'alone'));
  };

  test('are CRITICAL, whatever the limits are', async () => {
    const found = (await scenario('refused')) as { status: number; stdout: string };
    expect(found.status).toBe(2);
    expect(found.stdout).toMatch(
      /^EPHTOP CRITICAL: \S+ -> \S+ is out of ports: the kernel refused [\d,]+ connect\(\)s? during this check, .* \| .*refused=[1-9]\d*;;0;0 /,
    );
  });

  test('are looked for, and not there', async () => {
    const found = (await scenario('notRefused')) as { status: number; stdout: string };
    expect(found).toMatchObject({ status: 0 });
    expect(found.stdout).toContain(' refused=0;;0;0 ');
  });

  test('are counted by the exporter between two scrapes', async () => {
    expect(await scenario('counted')).toEqual([3, 6, 0]);
  });
});
