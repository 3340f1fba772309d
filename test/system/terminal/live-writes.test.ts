import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { deedsIn, requireStrace, underStrace } from '../../helpers/system-calls.ts';
import {
  LAUNCHER,
  RECORDED_PROC,
  cleanUpAfterEach,
  makeDirectory,
} from '../../helpers/live-view.ts';
import { closeTerminals, openTerminal, type Terminal } from '../../helpers/terminal.ts';

beforeEach(requireStrace);
cleanUpAfterEach();
afterEach(closeTerminals);

/** A program under strace is many times slower. */
const SLOW_MS = 60_000;

/** A directory of the test's own, with a place for the cache, for settings and for work. */
function makePlace() {
  const base = makeDirectory();
  const cwd = join(base, 'here');
  mkdirSync(cwd);
  const env = { XDG_CACHE_HOME: join(base, 'cache'), XDG_CONFIG_HOME: join(base, 'config') };
  return { base, cwd, env, log: join(base, 'calls.txt') };
}

type Place = ReturnType<typeof makePlace>;

/** Everything but the sockets of sock_diag, and a look at who uses the processor's counters, is asked for. */
const READING = [
  /^socket AF_NETLINK NETLINK_SOCK_DIAG$/,
  /^setsockopt SO_(?:RCVBUF|RCVTIMEO(?:_OLD|_NEW)?)$/,
  /^sendto NETLINK$/,
  // Refused connections are events of the kernel's; the filter is set on the reader's own descriptor.
  /^perf_event_open$/,
  /^ioctl PERF_EVENT_IOC_(?:ENABLE|DISABLE|SET_FILTER|ID)$/,
];

/** Node's own descriptors, and the terminal. */
const TERMINAL = [
  /^(?:open|write) \/dev\/(?:pts\/\d+|tty)$/,
  // The terminal once more, for writes that do not wait.
  /^open \/proc\/self\/fd\/[12]$/,
  /^ioctl (?:TCGETS2?|TCSETS[WF]?2?|TIOCGPTN|TIOCGWINSZ|FIONBIO|FIOCLEX)$/,
];

/** Compiled code, in a directory that only this user may write to. */
function cacheOf({ env }: Place): RegExp[] {
  return [
    new RegExp(`^(?:mkdir|open|write|rename|unlink) ${env.XDG_CACHE_HOME}(?:/ephtop(?:/.*)?)?$`),
  ];
}

/** What a program did beyond what it may always do. */
function beyond(place: Place, ...allowed: readonly RegExp[]): string[] {
  const may = [...READING, ...TERMINAL, ...cacheOf(place), ...allowed];
  return deedsIn(place.log)
    .filter((deed) => !may.some((pattern) => pattern.test(deed)))
    .map((deed) => deed.replaceAll(place.base, '…'));
}

function startLive(place: Place, ...args: readonly string[]): Terminal {
  const [strace, ...straceArgs] = underStrace(place.log);
  const command = [...straceArgs, process.execPath, LAUNCHER, ...args];
  const { cwd, env } = place;
  return openTerminal(strace, command, { columns: 120, rows: 40, cwd, env });
}

async function quit(terminal: Terminal): Promise<void> {
  terminal.press('q');
  expect(await terminal.exited).toEqual({ code: 0, signal: undefined });
}

test('the live view writes to its terminal and to its own cache, and speaks to the kernel', async () => {
  const place = makePlace();
  const terminal = startLive(place);
  await terminal.waitFor('HEADROOM', SLOW_MS);
  for (const [key, shows] of [
    ['?', 'KEYS OF PANELS'],
    ['escape', 'CLOSE/S'],
    ['s', 'tcp_max_tw_buckets'],
    ['escape', 'CLOSE/S'],
    ['p', 'FROZEN'],
  ] as const) {
    terminal.press(key);
    await terminal.waitFor(shows, SLOW_MS);
  }
  await quit(terminal);
  expect(beyond(place)).toEqual([]);
  // The log is no blank: what is allowed was seen.
  expect(deedsIn(place.log)).toEqual(
    expect.arrayContaining([
      expect.stringMatching(/^write \/dev\/pts\//),
      'socket AF_NETLINK NETLINK_SOCK_DIAG',
      expect.stringMatching(/^write .*\/cache\/ephtop\//),
    ]),
  );
});

test('the live view records, saves settings and asks for names when its keys say so', async () => {
  const place = makePlace();
  const terminal = startLive(place, '--proc', RECORDED_PROC);
  await terminal.waitFor('HEADROOM', SLOW_MS);
  terminal.press('r');
  await terminal.waitFor('● REC', SLOW_MS);
  terminal.press('S');
  await terminal.waitFor(/[Ss]aved/, SLOW_MS);
  terminal.press('n');
  await expect.poll(() => deedsIn(place.log), { timeout: SLOW_MS }).toContain('connect UDP 53');
  await quit(terminal);
  expect(
    beyond(place, /^socket AF_INET6? IPPROTO_IP$/, /^sendto UDP(?: 53)?$/).map(withoutName),
  ).toEqual([
    'connect UDP 53',
    'mkdir …/config',
    'mkdir …/config/ephtop',
    'open …/config/ephtop/config.json.UUID.new',
    'open RECORDING',
    'rename …/config/ephtop/config.json.UUID.new …/config/ephtop/config.json',
    'write …/config/ephtop/config.json.UUID.new',
    'write …/here/RECORDING',
  ]);
});

function withoutName(deed: string): string {
  return deed
    .replace(/ephtop-[\w.-]+\.eph\.gz/, 'RECORDING')
    .replaceAll(/json\.[\da-f-]{36}\./g, 'json.UUID.');
}

/** Runs a command whose output nobody sees to its end. */
function run(place: Place, ...args: readonly string[]): void {
  const { cwd, env, log } = place;
  const [strace, ...straceArgs] = underStrace(log);
  const command = [...straceArgs, process.execPath, LAUNCHER, ...args];
  const { status, stderr } = spawnSync(strace, command, {
    cwd,
    env: { ...process.env, ...env },
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  expect([status, stderr]).toEqual([0, expect.any(String)]);
}

const PROC = ['--proc', RECORDED_PROC] as const;

test.each([
  { command: ['snapshot'], asked: [] },
  { command: ['advise', '--format', 'json', ...PROC], asked: [] },
  {
    command: ['record', '--duration', '500ms', '-o', 'it.eph.gz', ...PROC],
    asked: ['open it.eph.gz', 'write …/here/it.eph.gz'],
  },
  {
    command: ['snapshot', '--debug', 'it.log', ...PROC],
    asked: ['open it.log', 'write …/here/it.log'],
  },
])('ephtop $command writes what was asked for: $asked', ({ command, asked }) => {
  const place = makePlace();
  run(place, ...command);
  expect(beyond(place)).toEqual(asked);
  expect(readdirSync(place.cwd)).toEqual(asked.length > 0 ? [expect.stringMatching(/^it\./)] : []);
});

test('ephtop replay only reads the recording', () => {
  const place = makePlace();
  run(place, 'record', '--duration', '500ms', '-o', 'it.eph.gz', ...PROC);
  rmSync(place.log);
  run(place, 'replay', 'it.eph.gz');
  // The launcher puts Node under its permission model in its own place.
  expect(beyond(place)).toEqual([expect.stringMatching(/^execve \S+\/node /)]);
  expect(deedsIn(place.log)).not.toContain('socket AF_NETLINK NETLINK_SOCK_DIAG');
  expect(existsSync(place.env.XDG_CONFIG_HOME)).toBe(false);
});
