import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { openTerminal, type Terminal } from '../../test/helpers/terminal.ts';
import { programPath } from './compile.ts';
import { LineProcess } from './line-process.ts';
import type { ScreenSize, Viewer } from './protocol.ts';
import { isInstalled, PIPELINE } from './tools.ts';

/** A program that shows the sockets, or reads them only, until it is disposed of. */
export interface RunningViewer extends AsyncDisposable {
  readonly pid: number;
  /** Bytes to the terminal so far; undefined where there is none. */
  terminalBytes(): number | undefined;
}

/** The program as npm installs it. */
export const LAUNCHER = fileURLToPath(new URL('../../bin/ephtop.cjs', import.meta.url));
/** The size at which everything is measured, unless the order has another. */
export const SCREEN: ScreenSize = { columns: 120, rows: 40 };
/** Stands in the title row of the table, and nowhere else. */
export const TABLE_TITLE = 'HEADROOM';

/** Without which btop does not start. */
const UTF8 = { LANG: 'C.UTF-8' };
const INTERVAL_MS = 250;
const FIRST_SCREEN_MS = 20_000;

/** Ephtop's environment: its compile cache goes away with the benchmark. */
export function viewerEnvironment(directory: string): Record<string, string> {
  return { XDG_CACHE_HOME: join(directory, 'cache') };
}

/** Starts a viewer and waits for its first screen; undefined: not installed. */
export async function startViewer(
  viewer: Viewer,
  directory: string,
  screen: ScreenSize,
): Promise<RunningViewer | undefined> {
  const options = { ...screen, env: viewerEnvironment(directory) };
  const ephtop = (...args: string[]) =>
    openTerminal(process.execPath, [LAUNCHER, '--interval', `${INTERVAL_MS}ms`, ...args], options);
  switch (viewer) {
    case 'ephtop':
      return inTerminal(ephtop('--cpu-budget', '100%'), TABLE_TITLE);
    case 'ephtop by default':
      return inTerminal(ephtop(), TABLE_TITLE);
    case 'watch':
      if (!isInstalled('watch') || !isInstalled('ss')) return undefined;
      return inTerminal(openTerminal('watch', ['-n1', PIPELINE], options), 'Every');
    case 'htop':
    case 'btop':
      if (!isInstalled(viewer)) return undefined;
      return inTerminal(openTerminal(viewer, [], { ...options, env: UTF8 }), 'CPU');
    case 'floor':
      return pacedFloor(directory);
  }
}

async function inTerminal(terminal: Terminal, firstScreen: string): Promise<RunningViewer> {
  await terminal.waitFor(firstScreen, FIRST_SCREEN_MS);
  return {
    pid: terminal.pid,
    terminalBytes: () => terminal.bytes(),
    [Symbol.asyncDispose]: () => terminal.close(),
  };
}

async function pacedFloor(directory: string): Promise<RunningViewer> {
  const floor = new LineProcess(programPath(directory, 'floor-netlink'), []);
  await floor.ask();
  const timer = setInterval(() => void floor.ask().catch(() => undefined), INTERVAL_MS);
  return {
    pid: floor.pid,
    terminalBytes: () => undefined,
    async [Symbol.asyncDispose]() {
      clearInterval(timer);
      floor[Symbol.dispose]();
    },
  };
}
