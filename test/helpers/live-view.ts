import {
  appendFileSync,
  readFileSync,
  chmodSync,
  cpSync,
  mkdtempSync,
  readdirSync,
  realpathSync,
  rmSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach } from 'vitest';
import { LAUNCHER } from './launcher.ts';
import { openShell, type Shell } from './terminal-shell.ts';
import { closeTerminals, openTerminal, type Terminal, type TerminalOptions } from './terminal.ts';

export { LAUNCHER };
export const REPOSITORY = join(import.meta.dirname, '../..');

/**
 * Of Node: a program that is looked at for a second gains nothing from optimized code, which takes a quarter of its CPU
 * time to make.
 */
export const BRIEF_RUN = ['--no-opt', '--no-maglev', '--max-semi-space-size=64'];

/** /proc of a machine with the groups 10.0.3.7 → 10.0.9.21:8080, ::1 → [::1]:9090 and 127.0.0.1 → 127.0.0.1:9090. */
export const RECORDED_PROC = join(REPOSITORY, 'test/fixtures/proc');

/** The title row of the group table: stands on the screen as soon as the view does. */
export const TABLE_TITLE = /HEADROOM/;

/** The row of the group that is fullest in the recorded /proc. */
export const FULLEST_ROW = /10\.0\.9\.21:8080 .*85\.4%/;

const directories: string[] = [];

/** A directory of the test's own, taken away by `cleanUpAfterEach`. */
export function makeDirectory(): string {
  const directory = realpathSync(mkdtempSync(join(tmpdir(), 'ephtop-live-')));
  directories.push(directory);
  return directory;
}

/** For each file of tests that starts programs: ends them after each test, and takes their directories away. */
export function cleanUpAfterEach(): void {
  afterEach(cleanUp);
}

/** The same once all tests of the file are through, for those that run side by side. */
export function cleanUpAfterAll(): void {
  afterAll(cleanUp);
}

async function cleanUp(): Promise<void> {
  await closeTerminals();
  for (const directory of directories.splice(0))
    rmSync(directory, { recursive: true, force: true });
}

/** A copy of the recorded /proc that a test may alter while the program reads it. */
export function copyProc(): string {
  const proc = join(makeDirectory(), 'proc');
  cpSync(RECORDED_PROC, proc, { recursive: true });
  // A checkout may be read-only; the copy must not be.
  for (const file of readdirSync(join(proc, 'net'))) chmodSync(join(proc, 'net', file), 0o644);
  return proc;
}

/** Local and remote address and port, as /proc/net/tcp writes them on a little-endian machine. */
type Pair = { local: string; remote: string };

export const TO_BACKEND = { local: '0703000A', remote: '1509000A:1F90' } satisfies Pair;
export const TO_LOOPBACK = { local: '0100007F', remote: '0100007F:2382' } satisfies Pair;

/**
 * Adds established connections from every second port from `firstPort` on, as connect() takes them, in one write. Those that are
 * there stay the only ones.
 */
export function addConnections(proc: string, pair: Pair, firstPort: number, count: number): void {
  const file = join(proc, 'net/tcp');
  const before = readFileSync(file, 'utf8');
  const ports = Array.from({ length: count }, (_, index) => firstPort + 2 * index);
  const rows = ports.map((port, index) => connectionRow(pair, port, `9${index}`));
  const isNew = (row: string) => !before.includes(row.slice(4, row.indexOf(' 01 ')));
  appendFileSync(file, rows.filter(isNew).join(''));
}

/** Adds a connection from a port that another one has, as one of another device may. */
export function addToSamePort(proc: string, pair: Pair, port: number): void {
  appendFileSync(join(proc, 'net/tcp'), connectionRow(pair, port, '777'));
}

function connectionRow({ local, remote }: Pair, port: number, inode: string): string {
  const hex = port.toString(16).toUpperCase().padStart(4, '0');
  return `  99: ${local}:${hex} ${remote} 01 00000000:00000000 00:00000000 00000000     0        0 ${inode} 1 0000000000000000 20 0 0 10 -1\n`;
}

/** A copy in which the fullest group has 10.1% left, which is critical. */
export function nearlyFullProc(): string {
  const proc = copyProc();
  addConnections(proc, TO_BACKEND, 40_000, 50);
  addConnections(proc, TO_BACKEND, 40_001, 41);
  return proc;
}

export type LiveOptions = TerminalOptions & { proc?: string; args?: readonly string[] };

/** Starts the built program in a terminal of its own; 120x40 unless told otherwise. */
export function startLive({
  proc = RECORDED_PROC,
  args = [],
  ...options
}: LiveOptions = {}): Terminal {
  const command = [...BRIEF_RUN, LAUNCHER, '--proc', proc, ...args];
  return openTerminal(process.execPath, command, { columns: 120, rows: 40, ...options });
}

/** A shell in which `liveCommand` can be run, to see what the program leaves behind. */
export function openLiveShell({
  proc = RECORDED_PROC,
  ...options
}: LiveOptions = {}): Promise<Shell> {
  const variables = {
    LIVE_NODE: process.execPath,
    LIVE_FLAGS: BRIEF_RUN.join(' '),
    LIVE_MAIN: LAUNCHER,
    LIVE_PROC: proc,
  };
  const env = { ...options.env, ...variables };
  return openShell({ columns: 120, rows: 40, ...options, env });
}

/** The command line that starts the program in a shell of `openLiveShell`. */
export const LIVE_COMMAND = '"$LIVE_NODE" $LIVE_FLAGS "$LIVE_MAIN" --proc "$LIVE_PROC"';

/** A screen without the figures that differ from run to run: clock and age, and how long a sample took. */
export function withoutTimes(screen: string): string {
  return screen
    .replace(/\d\d:\d\d:\d\d/g, 'HH:MM:SS')
    .replace(/ {2}cost [\d.]+% CPU +/g, '  ')
    .replace(/ {2}cost [\d.]+% CPU/g, '')
    .replace(/^( PAST \S+), (?:just now|.* ago)/m, '$1')
    .replace(/[ \t]+$/gm, '');
}

/** The destinations of the group rows from the top, and which of them is selected. */
export function groupRows(screen: string): {
  destinations: string[];
  selected: string | undefined;
} {
  // The verdict names a group in the same columns as the rows; its verb tells it from them.
  const rows = [...screen.matchAll(/^([▸ ])[ △▲] (?:\S+ )?→ (\S+:\d+) (?!has |is |runs ).*%/gm)];
  return {
    destinations: rows.map(([, , destination = '']) => destination),
    selected: rows.find(([, mark]) => mark === '▸')?.[2],
  };
}

/** The modes of a terminal that nobody has changed, or that was given back as it was found. */
export const TERMINAL_AS_IT_WAS = {
  alternateScreen: false,
  cursorVisible: true,
  autowrap: true,
  bracketedPaste: false,
  focusReports: false,
  schemeReports: false,
  mouseModes: [],
};
