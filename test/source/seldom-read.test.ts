import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { SysctlName } from '../../src/kernel/sysctl.ts';
import { readSocketFiles } from '../../src/source/kernel-files.ts';
import { procRoot } from '../../src/source/proc-root.ts';
import { procfsReader } from '../../src/source/procfs-reader.ts';
import { SocketActivity } from '../../src/source/socket-activity.ts';
import { placeHere } from '../../src/source/watched-place.ts';
import { copyOfFixtureProc, stoppedClock } from '../helpers/fixture.ts';

/** The recorded machine, a reader of it, and its time. */
function machine() {
  const proc = copyOfFixtureProc();
  const time = { ms: 0 };
  const clock = { ...stoppedClock, monotonicMs: () => time.ms };
  const read = procfsReader(placeHere(procRoot(proc)), clock);
  const write = (name: string, text: string) => {
    mkdirSync(dirname(join(proc, name)), { recursive: true });
    writeFileSync(join(proc, name), text);
  };
  const remove = (name: string) => rmSync(join(proc, name), { force: true });
  const activity = new SocketActivity(procRoot(proc), clock);
  return { proc, time, read, write, remove, activity };
}

const fileOf = (name: SysctlName) => `sys/${name.replaceAll('.', '/')}`;

describe('a sysctl', () => {
  test.for([
    ['net.ipv4.ip_local_port_range', '1024 65535'],
    ['net.ipv4.ip_local_reserved_ports', '8080'],
    ['net.ipv4.tcp_tw_reuse', '1'],
    ['net.ipv4.tcp_timestamps', '0'],
    ['net.ipv4.tcp_max_tw_buckets', '5'],
  ] as const)('that changes numbers is read each time: %s', ([name, value]) => {
    const { read, write } = machine();
    read();
    write(fileOf(name), `${value}\n`);
    expect(read().sysctls[name]).toBe(value);
  });

  test.for([
    'net.ipv4.tcp_fin_timeout',
    'net.ipv4.tcp_orphan_retries',
    'net.ipv4.ip_unprivileged_port_start',
    'net.core.somaxconn',
  ] as const)('that changes none is read once in 5 s: %s', (name) => {
    const { read, write, time } = machine();
    write(fileOf(name), '7\n');
    read();
    write(fileOf(name), '77\n');
    const seen = [0, 4999, 5000].map((ms) => {
      time.ms = ms;
      return read().sysctls[name];
    });
    expect(seen).toEqual(['7', '7', '77']);
  });

  test('that is not there is looked for once in 5 s', () => {
    const { read, write, remove, time } = machine();
    remove(fileOf('net.ipv4.tcp_tw_timeout'));
    read();
    write(fileOf('net.ipv4.tcp_tw_timeout'), '120\n');
    const seen = [4999, 5000].map((ms) => {
      time.ms = ms;
      return read().sysctls['net.ipv4.tcp_tw_timeout'];
    });
    expect(seen).toEqual([null, '120']);
  });

  test('that goes is seen to be gone at once, and is there again within 5 s', () => {
    const { read, write, remove, time } = machine();
    const name = 'net.ipv4.tcp_tw_reuse';
    read();
    remove(fileOf(name));
    expect(read().sysctls[name]).toBeNull();
    write(fileOf(name), '1\n');
    time.ms = 5000;
    expect(read().sysctls[name]).toBe('1');
  });
});

test('connection tracking that is not there is looked for once in 5 s, and read each time from then on', () => {
  const { read, write, remove, time } = machine();
  const count = 'sys/net/netfilter/nf_conntrack_count';
  remove(count);
  expect(read().conntrack).toBeUndefined();
  write(count, '10\n');
  write('sys/net/netfilter/nf_conntrack_max', '100\n');
  time.ms = 4999;
  expect(read().conntrack).toBeUndefined();
  time.ms = 5000;
  expect(read().conntrack).toMatchObject({ entries: 10, maxEntries: 100 });
  write(count, '11\n');
  expect(read().conntrack).toMatchObject({ entries: 11 });
});

describe('the files of the sockets', () => {
  test('are not read again for a reading that is given them', () => {
    const { proc, read, write } = machine();
    const files = readSocketFiles(procRoot(proc));
    write('net/sockstat', 'TCP: inuse 1 orphan 0 tw 999 alloc 27 mem 0\n');
    expect(read(files).counters.timeWaitNow).toBe(10);
    expect(read().counters.timeWaitNow).toBe(999);
  });

  test('bring their warnings along', () => {
    const { proc, read, write } = machine();
    write('net/sockstat', 'TCP: inuse many\n');
    const files = readSocketFiles(procRoot(proc));
    expect(files.warnings).toHaveLength(1);
    expect(read(files).warnings).toEqual(files.warnings);
  });

  test('are handed on once, by who has just looked for news', () => {
    const { activity } = machine();
    expect(activity.takeFiles()).toBeUndefined();
    activity.isThere();
    expect(activity.takeFiles()?.sockstatTcp).toBeDefined();
    expect(activity.takeFiles()).toBeUndefined();
  });
});
