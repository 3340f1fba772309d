import { mkdtempSync } from 'node:fs';
import { join } from 'node:path';
import { type IPty, spawn } from '@lydell/node-pty';
import { terminalEnvironment } from '../../test/helpers/terminal-environment.ts';
import type { FirstFrames } from './protocol.ts';
import { LAUNCHER, SCREEN, TABLE_TITLE, viewerEnvironment } from './viewer.ts';

const LONGEST_START_MS = 20_000;

/**
 * Starts ephtop in a terminal time after time. `coldMs` is the first start, with an empty compile cache;
 * the others find what it left there. Without an emulator behind the terminal: what it takes to draw is
 * not the program's.
 */
export async function timeFirstFrames(count: number, directory: string): Promise<FirstFrames> {
  const environment = viewerEnvironment(mkdtempSync(join(directory, 'first-frame-')));
  const command = [process.execPath, LAUNCHER];
  // Node writes the cache when a program ends by itself.
  const coldMs = await timeFirstFrame(command, environment, typeQuit);
  const warmMs: number[] = [];
  while (warmMs.length < count) warmMs.push(await timeFirstFrame(command, environment));
  return { coldMs, warmMs };
}

/** Ms from the start of the process until the table's title row comes out of it. `end` then ends the process. */
export async function timeFirstFrame(
  [file = '', ...args]: readonly string[],
  environment: Record<string, string>,
  end: (pty: IPty) => void = kill,
): Promise<number> {
  const startedMs = performance.now();
  const pty = spawn(file, args, {
    cols: SCREEN.columns,
    rows: SCREEN.rows,
    name: 'xterm-256color',
    env: terminalEnvironment(environment),
  });
  const exited = new Promise<void>((resolve) => pty.onExit(() => resolve()));
  try {
    await titleRow(pty);
    const tookMs = performance.now() - startedMs;
    end(pty);
    return tookMs;
  } catch (error) {
    kill(pty);
    throw error;
  } finally {
    await exited;
  }
}

function kill(pty: IPty): void {
  pty.kill('SIGKILL');
}

/** More than once: keys are dropped while the terminal owes an answer. */
function typeQuit(pty: IPty): void {
  const timer = setInterval(() => pty.write('q'), 100);
  pty.onExit(() => clearInterval(timer));
}

function titleRow(pty: IPty): Promise<void> {
  let output = '';
  return new Promise((resolve, reject) => {
    const fail = () => reject(new Error(`no table in ${LONGEST_START_MS} ms, but: ${output}`));
    const timer = setTimeout(fail, LONGEST_START_MS);
    pty.onData((data) => {
      output += data;
      if (!output.includes(TABLE_TITLE)) return;
      clearTimeout(timer);
      resolve();
    });
  });
}
