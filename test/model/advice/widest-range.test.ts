import { describe, expect, test } from 'vitest';
import { parseReservedPorts, portRangeSize } from '../../../src/kernel/port-range.ts';
import type { Advice } from '../../../src/model/advice/advice.ts';
import { adviceFor, find, type Given, listener } from '../../helpers/advice.ts';
import { connections, type SMALL_RANGE } from '../../helpers/sockets.ts';

describe('the widest range', () => {
  const widestWith = (
    changes: Partial<typeof SMALL_RANGE>,
    overrides: Partial<Given> = {},
  ): Advice | undefined =>
    find(
      adviceFor({ sockets: connections(95), ...overrides, sysctls: changes }),
      'widen-port-range',
    );
  const START = 'net.ipv4.ip_unprivileged_port_start';

  test.for([
    ['0', '1024 65535'],
    ['1024', '1024 65535'],
    ['1025', '1026 65535'],
    ['8000', '8000 65535'],
    ['8001', '8002 65535'],
    ['65434', '65434 65535'],
  ] as const)('begins where ports are unprivileged, from %s on: %s', ([start, range]) => {
    expect(widestWith({ [START]: start })?.commands).toEqual([
      `sysctl -w net.ipv4.ip_local_port_range="${range}"`,
    ]);
  });

  test.for(['65436', '65535'])('is no wider with unprivileged ports from %s on', (start) => {
    expect(widestWith({ [START]: start })).toBeUndefined();
  });

  test('a list of reserved ports that is long keeps each of them, and only those', () => {
    const ports = [
      ...Array.from({ length: 1384 }, (_, index) => 30_000 + 2 * index),
      ...Array.from({ length: 1000 }, (_, index) => 45_000 + 2 * index),
    ];
    const sysctls = { 'net.ipv4.ip_local_reserved_ports': ports.join(',') };
    const found = widestWith(sysctls);
    expect(found?.commands).toEqual(['sysctl -w net.ipv4.ip_local_port_range="1024 65535"']);
    const usable = 64_512 - 2384;
    expect(found?.effect.headroomAfter).toBeCloseTo((100 * (usable - 95)) / usable, 6);
    const listening = widestWith(sysctls, { sockets: [...connections(95), listener(8080)] });
    expect(listening?.commands[0]).toBe(
      'echo 8080 | dd of=/proc/sys/net/ipv4/ip_local_reserved_ports bs=4096 seek=1 conv=notrunc',
    );
    expect(listening?.persist).not.toContain('reserved_ports');
    expect(listening?.caution).toMatch(/systemd-sysctl writes all of it/);
  });

  test('services that are enabled and down are named, and reserved', () => {
    const configuredPorts = [
      { port: 3000, unit: 'grafana-server.service' },
      { port: 5432, unit: 'postgresql.service' },
      { port: 9100, unit: 'prometheus-node-exporter.service' },
    ];
    const sockets = [...connections(95), listener(9100)];
    const found = widestWith({}, { configuredPorts, sockets });
    expect(found?.commands[0]).toBe('sysctl -w net.ipv4.ip_local_reserved_ports="3000,5432,9100"');
    expect(found?.caution).toMatch(
      /\(9100\): .* not listening now .*\(3000 grafana-server\.service, 5432 postgresql\.service\)/,
    );
    expect(found?.effect.headroomAfter).toBeCloseTo((100 * (64_509 - 95)) / 64_509, 6);
  });

  test.for([
    [1023, false],
    [1024, true],
    [65_535, true],
  ] as const)('port %i is in the widest range: %j', ([port, isIn]) => {
    const listening = widestWith({}, { sockets: [...connections(95), listener(port)] });
    const sentence = `Services listen inside the wider range (${port})`;
    expect(listening?.caution?.includes(sentence)).toBe(isIn);
    expect(listening?.caution).not.toMatch(/enabled but not listening|free ports between/);
    const down = widestWith({}, { configuredPorts: [{ port, unit: 'x.service' }] });
    expect(down?.caution?.includes(`ports in it (${port} x.service)`)).toBe(isIn);
    expect(down?.caution).not.toMatch(/Services listen/);
  });

  test('listening ports are all named in up to 60 characters', () => {
    // "2000,2002,…" takes 5 characters a port, and the last has no comma.
    const listeners = Array.from({ length: 11 }, (_, index) => listener(2000 + 2 * index));
    const cautionWith = (port: number) =>
      widestWith({}, { sockets: [...connections(95), ...listeners, listener(port)] })?.caution;
    expect(cautionWith(10_000)).toMatch(/\(2000,.*,2020,10000\)/);
    expect(cautionWith(9000)).toMatch(/\(2000,.*,2020,9000\)/);
  });

  test.for([
    ['1024', false],
    ['1026', true],
  ] as const)('where ports are privileged below %s, it says so (%j)', ([start, says]) => {
    expect(widestWith({ [START]: start })?.why.includes('accepts no lower end')).toBe(says);
  });

  test('of many such services five are named', () => {
    const configuredPorts = [2000, 2001, 2002, 2003, 2004, 2005].map((port) => ({
      port,
      unit: 'x.service',
    }));
    expect(widestWith({}, { configuredPorts })?.caution).toContain('2004 x.service and 1 more)');
  });

  test('a list that is not understood is left alone', () => {
    const sysctls = { 'net.ipv4.ip_local_reserved_ports': 'x' };
    expect(widestWith(sysctls, { sockets: [...connections(95), listener(8080)] })).toBeUndefined();
  });

  test('a list that is too long for one write leaves out the ports between, and says so', () => {
    const ports = Array.from({ length: 900 }, (_, index) => 41_000 + 3 * index);
    const sockets = [...connections(95), listener(2000), ...ports.map(listener)];
    const widen = find(adviceFor({ sockets }), 'widen-port-range');
    const list = /"(.*)"/.exec(widen?.commands[0] ?? '')?.[1] ?? '';
    expect(list.length).toBeLessThanOrEqual(4000);
    const reserved = parseReservedPorts(list, 'list');
    for (const port of [2000, ...ports])
      expect(reserved.some(({ low, high }) => low <= port && port <= high)).toBe(true);
    const usable = reserved.reduce((left, range) => left - portRangeSize(range), 64_512);
    expect(widen?.effect.headroomAfter).toBeCloseTo((100 * (usable - 95)) / usable, 6);
    expect(widen?.caution).toMatch(/[1-9]\d* free ports between them are reserved as well/);
  });

  test('a kubelet’s NodePorts are named and reserved, before the range is widened', () => {
    const widen = find(
      adviceFor({ sockets: [...connections(95), listener(10_250), listener(80)] }),
      'widen-port-range',
    );
    expect(widen?.commands).toEqual([
      'sysctl -w net.ipv4.ip_local_reserved_ports="10250,30000-32767"',
      'sysctl -w net.ipv4.ip_local_port_range="1024 65535"',
    ]);
    expect(widen?.caution).toMatch(/NodePorts 30000-32767/);
  });

  test('listeners cannot be protected: the range is not widened', () => {
    const sysctls = { 'net.ipv4.ip_local_reserved_ports': null };
    const sockets = [...connections(95), listener(8080)];
    expect(find(adviceFor({ sockets, sysctls }), 'widen-port-range')).toBeUndefined();
    expect(
      find(adviceFor({ sockets: connections(95), sysctls }), 'widen-port-range'),
    ).toBeDefined();
  });

  test('under a leak a wider range is a stopgap, and says so', () => {
    const advice = adviceFor({ sockets: connections(95, { state: 'CLOSE_WAIT' }) });
    expect(find(advice, 'widen-port-range')?.caution).toMatch(/^A stopgap: the leak continues/);
  });
});
