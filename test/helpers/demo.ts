/** The demo in a pseudo-terminal, as root and as an ordinary user. */
import { chmodSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { BRIEF_RUN, LAUNCHER, makeDirectory } from './live-view.ts';
import { openTerminal, type Terminal, type TerminalOptions } from './terminal.ts';

export const USERS = ['root', 'an ordinary user'] as const;
export type User = (typeof USERS)[number];

/** As `nobody`, with none of root's rights. */
const AS_NOBODY = ['setpriv', '--reuid', '65534', '--regid', '65534', '--clear-groups'];

/** Starts the built program's demo; 100x30 unless told otherwise. */
export function startDemo(
  user: User,
  args: readonly string[],
  options: TerminalOptions = {},
): Terminal {
  const home = makeDirectory();
  chmodSync(home, 0o777);
  const as = user === 'root' ? [] : AS_NOBODY;
  const [file = '', ...rest] = [...as, process.execPath, ...BRIEF_RUN, LAUNCHER, 'demo', ...args];
  return openTerminal(file, rest, { ...options, env: { HOME: home, ...options.env } });
}

/** All sysctls of IPv4 in this network namespace, by their names. */
export function ipv4Sysctls(): Record<string, string> {
  const directory = '/proc/sys/net/ipv4';
  const names = readdirSync(directory, { withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map(({ name }) => name);
  return Object.fromEntries(names.flatMap((name) => readable(join(directory, name))));
}

function readable(path: string): [string, string][] {
  try {
    return [[path, readFileSync(path, 'utf8')]];
  } catch {
    return []; // some can only be written
  }
}
