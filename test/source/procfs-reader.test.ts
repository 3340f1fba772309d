import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { hostname, release } from 'node:os';
import { dirname, join } from 'node:path';
import { describe, expect, it, test } from 'vitest';
import type { KernelReading } from '../../src/kernel/reading.ts';
import { procRoot } from '../../src/source/proc-root.ts';
import { placeHere } from '../../src/source/watched-place.ts';
import { procfsReader } from '../../src/source/procfs-reader.ts';
import { SourceError } from '../../src/source/source-error.ts';
import { copyOfFixtureProc, FIXTURE_PROC, stoppedClock, TAKEN_AT_MS } from '../helpers/fixture.ts';

const read = (proc: string): KernelReading =>
  procfsReader(placeHere(procRoot(proc)), stoppedClock)();

/** What becomes of a copy of the recorded /proc: null removes a file, text replaces it. */
function readSpoiled(files: Record<string, string | null>): KernelReading & { proc: string } {
  const proc = copyOfFixtureProc();
  for (const [name, content] of Object.entries(files)) {
    rmSync(join(proc, name), { recursive: true, force: true });
    mkdirSync(dirname(join(proc, name)), { recursive: true });
    if (content !== null) writeFileSync(join(proc, name), content, 'latin1');
  }
  return { ...read(proc), proc };
}

/** A directory in a file's place cannot be read, even by root. */
function readWithDirectoryAt(name: string): KernelReading & { proc: string } {
  const proc = copyOfFixtureProc();
  rmSync(join(proc, name));
  mkdirSync(join(proc, name));
  return { ...read(proc), proc };
}

const COUNTERS = {
  activeOpens: 21,
  attemptFails: 0,
  timeWaitReused: 0,
  timeWaitOverflow: 0,
  timeWaitNow: 10,
  passiveOpens: 21,
  resets: 0,
  establishedNow: 23,
  inUseNow: 14,
  orphansNow: 0,
  allocatedNow: 27,
};

describe('the recorded /proc', () => {
  it('is read whole', () => {
    const reading = read(FIXTURE_PROC);
    expect(reading).toMatchObject({
      takenAtMs: TAKEN_AT_MS,
      hostname: hostname(),
      kernelRelease: release(),
      source: 'procfs',
      warnings: [],
      counters: COUNTERS,
      sysctls: {
        'net.ipv4.ip_local_port_range': '40000 40099',
        'net.ipv4.ip_local_reserved_ports': '8080,40010-40019,50000',
        'net.ipv4.tcp_tw_reuse': '2',
        'net.ipv4.tcp_tw_reuse_delay': '1000',
        'net.ipv4.tcp_timestamps': '1',
        'net.ipv4.tcp_max_tw_buckets': '131072',
        'net.ipv4.tcp_fin_timeout': '60',
        'net.ipv4.tcp_tw_recycle': null, // removed in 4.12
        'net.core.somaxconn': '4096',
      },
    });
    expect(reading.sockets).toHaveLength(36);
  });

  it('is read anew each time, into the same table', () => {
    const proc = copyOfFixtureProc();
    let monotonicMs = 0;
    const clock = { ...stoppedClock, monotonicMs: () => (monotonicMs += 1000) };
    const reader = procfsReader(placeHere(procRoot(proc)), clock);
    const { sockets } = reader();
    rmSync(join(proc, 'net/tcp6'));
    const again = reader();
    expect(again.sockets).toBe(sockets);
    expect(again.sockets.length).toBe(22);
    expect(again.sockets.ipv6.size).toBe(0);
  });
});

test('timers are as of the end of the reading, however long it waited between two pieces', () => {
  const proc = procRoot(FIXTURE_PROC);
  let monotonicMs = 0;
  const clock = { ...stoppedClock, monotonicMs: () => monotonicMs };
  const readPieces: typeof proc.readPieces = (relative, buffer, consume, beforeRead) => {
    const bytes = readFileSync(proc.path(relative));
    const half = Math.floor(bytes.length / 2);
    const [from, to] = [bytes.subarray(0, half), bytes.subarray(half)];
    buffer.set(from);
    beforeRead?.();
    const used = consume(half);
    monotonicMs += 500;
    buffer.copyWithin(0, used, half);
    buffer.set(to, half - used);
    beforeRead?.();
    return half - used + to.length - consume(half - used + to.length);
  };
  const timersOf = ({ sockets }: KernelReading) =>
    Array.from({ length: sockets.length }, (_, row) => sockets.leftMsOf(row));
  const watched = placeHere({ ...proc, readPieces });
  const atOnce = timersOf(read(FIXTURE_PROC));
  const late = timersOf(procfsReader(watched, clock)());
  const lower = new Set(atOnce.map((timerMs, row) => timerMs - (late[row] ?? 0)));
  // Nothing is left of live sockets' timers; 1000 ms went by after the first half of tcp, 500 after the second and tcp6's first.
  expect([...lower]).toEqual([0, 1000, 500]);
});

test('of a file that fails in the middle some sockets are counted, and it is said that some are not', () => {
  const proc = procRoot(FIXTURE_PROC);
  const readPieces: typeof proc.readPieces = (relative, buffer, consume) => {
    if (relative === 'net/tcp') {
      buffer.set(readFileSync(proc.path(relative)).subarray(0, 700));
      consume(700);
      throw Object.assign(new Error('EIO'), { code: 'EIO' });
    }
    return proc.readPieces(relative, buffer, consume);
  };
  const { warnings } = procfsReader(placeHere({ ...proc, readPieces }), stoppedClock)();
  expect(warnings).toEqual([expect.stringMatching(/; some of its sockets are not counted$/)]);
});

describe('a file that is missing', () => {
  it('tcp6: this kernel has no IPv6, and nothing is amiss', () => {
    const { sockets, warnings } = readSpoiled({ 'net/tcp6': null });
    expect(sockets.length).toBe(22);
    expect(warnings).toEqual([]);
  });

  it('tcp: there is nothing to watch', () => {
    expect(() => readSpoiled({ 'net/tcp': null })).toThrow(SourceError);
    expect(() => readSpoiled({ 'net/tcp': null })).toThrow(/\/net\/tcp is not there: /);
  });

  it.each([
    ['net/snmp', ['activeOpens', 'attemptFails', 'passiveOpens', 'resets', 'establishedNow']],
    ['net/netstat', ['timeWaitReused', 'timeWaitOverflow']],
    ['net/sockstat', ['timeWaitNow', 'inUseNow', 'orphansNow', 'allocatedNow']],
  ])('%s: its counters are unknown, not 0', (name, unknown) => {
    const { counters, warnings } = readSpoiled({ [name]: null });
    const expected = Object.entries(COUNTERS).map(([counter, value]) => [
      counter,
      unknown.includes(counter) ? undefined : value,
    ]);
    expect(counters).toEqual(Object.fromEntries(expected));
    expect(warnings).toEqual([]);
  });

  it('a sysctl: this kernel has none', () => {
    const { sysctls, warnings } = readSpoiled({ 'sys/net/ipv4/tcp_tw_reuse_delay': null });
    expect(sysctls['net.ipv4.tcp_tw_reuse_delay']).toBeNull();
    expect(sysctls['net.ipv4.tcp_tw_reuse']).toBe('2');
    expect(warnings).toEqual([]);
  });
});

describe('the table of tracked connections', () => {
  const files = (entries: string | null, maxEntries: string | null, timeout: string | null) => ({
    'sys/net/netfilter/nf_conntrack_count': entries,
    'sys/net/netfilter/nf_conntrack_max': maxEntries,
    'sys/net/netfilter/nf_conntrack_tcp_timeout_time_wait': timeout,
  });

  it.each([
    [
      files('12\n', '262144\n', '120\n'),
      { entries: 12, maxEntries: 262_144, timeWaitSeconds: 120 },
    ],
    [files('12\n', '262144\n', null), { entries: 12, maxEntries: 262_144 }],
    [files('12\n', null, '120\n'), undefined],
    [files(null, '262144\n', '120\n'), undefined],
  ])('%j', (spoiled, expected) => {
    const present = Object.entries(spoiled).filter(([, text]) => text !== null);
    const { conntrack, warnings } = readSpoiled(Object.fromEntries(present));
    expect(conntrack).toEqual(expected);
    expect(warnings).toEqual([]);
  });

  it('of garbage is unknown, with a warning', () => {
    const { conntrack, warnings } = readSpoiled(files('\u001b[2J', '1\n', '1\n'));
    expect(conntrack).toBeUndefined();
    expect(warnings).toEqual([
      expect.stringMatching(/nf_conntrack_count: cannot read a whole number/),
    ]);
  });

  it('of a machine without one is unknown, and no warning', () => {
    const { conntrack, warnings } = read(FIXTURE_PROC);
    expect({ conntrack, warnings }).toEqual({ conntrack: undefined, warnings: [] });
  });
});

describe('a file that cannot be read', () => {
  it.each([
    ['net/tcp', 14],
    ['net/tcp6', 22],
  ])('%s: the other family is counted', (name, rows) => {
    const { sockets, warnings, proc, unreadSockets } = readWithDirectoryAt(name);
    expect(sockets.length).toBe(rows);
    expect(warnings).toHaveLength(1);
    expect(warnings[0]).toMatch(/it is a directory; its sockets are not counted$/);
    expect(warnings[0]).toContain(`${join(proc, name)}: `);
    expect(unreadSockets).toBe(`IPv${rows === 14 ? 4 : 6} sockets`);
  });

  it('both families: a user who may read them is advised only where this one may not', () => {
    const proc = copyOfFixtureProc();
    for (const name of ['net/tcp', 'net/tcp6']) rmSync(join(proc, name));
    for (const name of ['net/tcp', 'net/tcp6']) mkdirSync(join(proc, name));
    expect(() => read(proc)).toThrow(/it is a directory: no socket can be seen\.$/);
  });

  it('is a sysctl that was read before: it is taken on for 10 s, and read as soon as it can be', () => {
    const proc = copyOfFixtureProc();
    const file = join(proc, 'sys/net/ipv4/ip_local_port_range');
    let nowMs = 0;
    const clock = { ...stoppedClock, monotonicMs: () => nowMs };
    const reader = procfsReader(placeHere(procRoot(proc)), clock);
    const range = () => {
      const { sysctls, warnings } = reader();
      return { range: sysctls['net.ipv4.ip_local_port_range'], warnings };
    };
    expect(range()).toEqual({ range: '40000 40099', warnings: [] });
    rmSync(file);
    mkdirSync(file);
    nowMs = 60_000;
    const taken = {
      range: '40000 40099',
      warnings: [`${file}: it is a directory; it is taken to be what it was`],
    };
    expect(range()).toEqual(taken);
    nowMs += 9999;
    expect(range()).toEqual(taken);
    nowMs += 1;
    expect(range()).toEqual({ range: null, warnings: [`${file}: it is a directory`] });
    rmSync(file, { recursive: true });
    writeFileSync(file, '1024\t65535\n');
    expect(range()).toEqual({ range: '1024 65535', warnings: [] });
    // A kernel without it is none that cannot read it.
    rmSync(file);
    expect(range()).toEqual({ range: null, warnings: [] });
  });

  it('as it is no regular file', () => {
    const proc = copyOfFixtureProc();
    const files = ['net/tcp', 'net/snmp', 'sys/net/ipv4/ip_local_port_range'].map((name) =>
      join(proc, name),
    );
    for (const file of files) {
      rmSync(file);
      execFileSync('mkfifo', [file]);
    }
    const { warnings, sockets, sysctls } = read(proc);
    expect(warnings.toSorted()).toEqual([
      `${files[1]}: not a regular file`,
      `${files[0]}: not a regular file; its sockets are not counted`,
      `${files[2]}: not a regular file`,
    ]);
    expect(sockets.length).toBe(14);
    expect(sysctls['net.ipv4.ip_local_port_range']).toBeNull();
  });

  it.each(['net/snmp', 'net/netstat', 'net/sockstat', 'sys/net/ipv4/tcp_tw_reuse'])(
    '%s',
    (name) => {
      const { warnings, sockets, proc } = readWithDirectoryAt(name);
      expect(sockets.length).toBe(36);
      expect(warnings).toHaveLength(1);
      expect(warnings[0]).toMatch(/it is a directory/);
      expect(warnings[0]).toContain(`${join(proc, name)}: `);
    },
  );

  it('leaves what it holds unknown', () => {
    expect(readWithDirectoryAt('net/snmp').counters.activeOpens).toBeUndefined();
    const { sysctls } = readWithDirectoryAt('sys/net/ipv4/tcp_tw_reuse');
    expect(sysctls['net.ipv4.tcp_tw_reuse']).toBeNull();
  });
});

describe('garbage', () => {
  it('in tcp: the rows are left out, the first one is quoted, the others are numbered', () => {
    const garbage = '  sl  local_address rem_address\n\u001b[2J\u0007one\ntwo\nthree\n';
    const { sockets, warnings, proc, unreadSockets } = readSpoiled({ 'net/tcp': garbage });
    expect(sockets.length).toBe(14);
    expect(unreadSockets).toBe('IPv4 sockets');
    expect(warnings).toEqual([
      `${proc}/net/tcp line 2: cannot read the columns up to tm->when from "\\x1b[2J\\x07one"` +
        ' (and 2 more rows); what cannot be read is not counted',
    ]);
  });

  it('in tcp, without an end of line and longer than any buffer', () => {
    const { sockets, warnings, unreadSockets } = readSpoiled({ 'net/tcp': 'x'.repeat(200_000) });
    expect(sockets.length).toBe(14);
    expect(unreadSockets).toBe('IPv4 sockets');
    expect(warnings).toHaveLength(1);
    expect(warnings[0]).toMatch(/cannot read a whole row/);
  });

  it.each([
    ['cut in the middle', (text: string) => text.slice(0, text.length / 2 - 20)],
    ['without its title', (text: string) => text.slice(text.indexOf('\n') + 1)],
    ['with one bad row', (text: string) => text.replace(/^ {3}1: ..../m, '   1: ????')],
  ])('in a file %s: what it lacks is not known', (_, spoil) => {
    for (const [name, unread] of [
      ['net/tcp', 'some IPv4 sockets'],
      ['net/tcp6', 'some IPv6 sockets'],
    ] as const) {
      const text = spoil(readFileSync(join(FIXTURE_PROC, name), 'utf8'));
      const { unreadSockets, warnings } = readSpoiled({ [name]: text });
      expect(unreadSockets).toBe(unread);
      expect(warnings).toEqual([expect.stringMatching(/; what cannot be read is not counted$/)]);
    }
  });

  it.each([
    ['net/snmp', 'Tcp: A B\nTcp: 1\n', 'line 2: cannot read the values of Tcp: from "Tcp: 1"'],
    ['net/sockstat', '\u001b[2J', 'cannot read the TCP line from "\\x1b[2J"'],
  ])('in %s', (name, garbage, problem) => {
    const { warnings, proc } = readSpoiled({ [name]: garbage });
    const place = `${join(proc, name)}${problem.startsWith('line') ? ' ' : ': '}`;
    expect(warnings).toEqual([place + problem]);
  });

  it('in a sysctl is handed on as it is', () => {
    const { sysctls } = readSpoiled({ 'sys/net/ipv4/tcp_tw_reuse': 'many\twords\n' });
    expect(sysctls['net.ipv4.tcp_tw_reuse']).toBe('many words');
  });
});

describe('an empty file', () => {
  it.each([
    ['net/tcp', 14, 'IPv4 sockets'],
    ['net/tcp6', 22, 'IPv6 sockets'],
  ])('%s, without even a title row, was not read', (name, rows, unreadSockets) => {
    const reading = readSpoiled({ [name]: '' });
    expect(reading.sockets.length).toBe(rows);
    expect(reading.unreadSockets).toBe(unreadSockets);
    expect(reading.warnings).toEqual([
      `${join(reading.proc, name)}: empty; its sockets are not counted`,
    ]);
  });

  it('of either family: there is nothing to watch', () => {
    expect(() => readSpoiled({ 'net/tcp': '', 'net/tcp6': '' })).toThrow(SourceError);
  });

  it('but for its title has no sockets', () => {
    const title = '  sl  local_address rem_address\n';
    const reading = readSpoiled({ 'net/tcp': title, 'net/tcp6': title });
    expect(reading.sockets.length).toBe(0);
    expect(reading.unreadSockets).toBeUndefined();
    expect(reading.warnings).toEqual([]);
  });

  it('of counters tells nothing', () => {
    const { counters, warnings } = readSpoiled({ 'net/snmp': '', 'net/netstat': '' });
    expect(counters.activeOpens).toBeUndefined();
    expect(counters.timeWaitReused).toBeUndefined();
    expect(counters.timeWaitNow).toBe(10);
    expect(warnings).toEqual([]);
  });

  it.each([
    ['ip_local_reserved_ports', '', 'the file is empty'],
    ['ip_local_reserved_ports', '40000-50000,500', 'the file is cut'],
    ['ip_local_port_range', '32768\t609', 'the file is cut'],
  ])('or a part of one, in place of %s: %j, is not known', (name, text, reason) => {
    const { sysctls, warnings, proc } = readSpoiled({ [`sys/net/ipv4/${name}`]: text });
    expect(sysctls).toMatchObject({ [`net.ipv4.${name}`]: null });
    expect(warnings).toEqual([`${proc}/sys/net/ipv4/${name}: ${reason}`]);
  });

  it('of reserved ports reserves none', () => {
    const { sysctls, warnings } = readSpoiled({ 'sys/net/ipv4/ip_local_reserved_ports': '\n' });
    expect(sysctls['net.ipv4.ip_local_reserved_ports']).toBe('');
    expect(warnings).toEqual([]);
  });
});
