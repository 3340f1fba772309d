import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { FakeProcesses } from '../helpers/fake-processes.ts';
import { copyOfFixtureProc } from '../helpers/fixture.ts';
import { ADVICE_SCHEMA, asPromised } from '../helpers/json-schema.ts';
import { ephtop } from '../helpers/launcher.ts';

interface Recorded {
  readonly schema: string;
  readonly sysctls: readonly { name: string; value: string | null }[];
  readonly advice: readonly { id: string; severity: string; commands: readonly string[] }[];
}

/** What `ephtop advise` says about a /proc. */
function adviseOn(proc: string): Recorded {
  const { status, stdout, stderr } = ephtop('advise', '--format', 'json', '--proc', proc);
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  return asPromised(ADVICE_SCHEMA, JSON.parse(stdout) as Recorded);
}

const HEADER =
  '  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode\n';

/** 90 connections 10.0.3.7 → 10.0.9.21:8080 in a state (hexadecimal), as connect() takes their ports. */
function rowsIn(state: string, timer: string, firstInode = 0): string {
  const rows = Array.from({ length: 90 }, (_, index) => {
    const port = 40_000 + (index < 50 ? 2 * index : 2 * (index - 50) + 1);
    const inode = firstInode === 0 ? 0 : firstInode + index;
    return `  99: 0703000A:${port.toString(16).toUpperCase()} 1509000A:1F90 ${state} 00000000:00000000 ${timer} 00000000     0        0 ${inode} 1 0000000000000000 20 0 0 10 -1\n`;
  });
  return HEADER + rows.join('');
}

/** A /proc of an incident: 100 ports, and these files instead of the recorded ones. */
function incident(files: Readonly<Record<string, string>>): string {
  const proc = copyOfFixtureProc();
  const all = { 'net/tcp6': HEADER, 'sys/net/ipv4/ip_local_reserved_ports': '\n', ...files };
  for (const [path, text] of Object.entries(all)) {
    mkdirSync(join(proc, path, '..'), { recursive: true });
    writeFileSync(join(proc, path), text);
  }
  return proc;
}

const NO_TIMER = '00:00000000';

describe('a recorded incident', () => {
  test.for([
    ['TIME_WAIT pile-up', { 'net/tcp': rowsIn('06', '03:00000BB8') }, 'enable-tw-reuse'],
    ['CLOSE_WAIT leak', { 'net/tcp': rowsIn('08', NO_TIMER, 500) }, 'close-wait-leak'],
    [
      'an upstream that is down',
      { 'net/tcp': rowsIn('02', NO_TIMER, 500) },
      'upstream-unreachable',
    ],
    ['FIN_WAIT2', { 'net/tcp': rowsIn('05', '03:00000BB8') }, 'fin-wait2-orphans'],
    [
      'a full table of tracked connections',
      {
        'sys/net/netfilter/nf_conntrack_count': '65530\n',
        'sys/net/netfilter/nf_conntrack_max': '65536\n',
        'sys/net/netfilter/nf_conntrack_tcp_timeout_time_wait': '120\n',
      },
      'conntrack-table',
    ],
  ] as const)('%s', ([, files, first]) => {
    const { schema, advice } = adviseOn(incident(files));
    expect(schema).toBe('ephtop.advice/1');
    expect(advice[0]?.id).toBe(first);
    expect(advice[0]?.severity).toBe('critical');
  });

  test('a program that is about to run out of files', () => {
    const proc = incident({ 'net/tcp': rowsIn('01', NO_TIMER, 500) });
    const sockets = Array.from({ length: 90 }, (_, index) => 500 + index);
    new FakeProcesses(proc).set(812, { command: 'haproxy', sockets, files: ['/dev/null'] });
    writeFileSync(
      join(proc, '812/limits'),
      'Limit                     Soft Limit           Hard Limit           Units     \n' +
        'Max open files            100                  4096                 files     \n',
    );
    expect(adviseOn(proc).advice.find(({ id }) => id === 'file-descriptors')?.commands).toEqual([
      'prlimit --pid 812 --nofile=65536:65536',
    ]);
  });

  test('garbage among the new files is a warning, and no more', () => {
    const proc = incident({ 'sys/net/netfilter/nf_conntrack_count': 'many\n' });
    const { status, stderr } = ephtop('advise', '--proc', proc);
    expect(status).toBe(0);
    expect(stderr).toMatch(
      /^ephtop: .*nf_conntrack_count: cannot read a whole number from "many"\n$/,
    );
  });
});

describe('the command', () => {
  test('prints text of 80 columns that says how things are', () => {
    const { status, stdout, stderr } = ephtop('advise', '--proc', copyOfFixtureProc());
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    expect(stdout).toMatch(/\nHealthy\. /);
    expect(stdout).toMatch(
      /\nnet\.ipv6\.ip_local_port_range: absent\n {3}No Linux has this sysctl/,
    );
    expect(Math.max(...stdout.split('\n').map((line) => line.length))).toBeLessThanOrEqual(80);
  });

  test.for([
    [['advise', 'bogus'], /too many arguments/],
    [['advise', '--format', 'table'], /'table' is invalid\. Allowed choices are text, json/],
    [['advise', '--bogus'], /unknown option '--bogus'/],
  ] as const)('%j is refused in one line', ([args, message]) => {
    const { status, stdout, stderr } = ephtop(...args);
    expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
    expect(stderr).toMatch(/^ephtop: [^\n]+\n$/);
    expect(stderr).toMatch(message);
  });

  test('says what it does', () => {
    expect(ephtop('advise', '--help')).toMatchObject({
      status: 0,
      stdout: expect.stringMatching(/^Usage: ephtop advise /) as string,
    });
  });
});
