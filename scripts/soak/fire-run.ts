import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { getPriority, setPriority } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseCounterPairs } from '../../src/kernel/counters.ts';
import { openTerminal, type Terminal } from '../../test/helpers/terminal.ts';
import { LAUNCHER, SCREEN, TABLE_TITLE, viewerEnvironment } from '../bench/viewer.ts';
import { usageOf } from './process-usage.ts';
import { type Count, figureOf, type Frame } from './fire-figures.ts';
import type { FireOrder, FireReport } from './protocol.ts';
import { countTimeWaits } from './soak-run.ts';

const FIRST_SCREEN_MS = 60_000;
/** The program settles: code is compiled, owners are found. */
const SETTLE_MS = 8000;
/** Stands in the help, and nowhere else. */
const HELP = 'KEYS OF PANELS';
const KEY_TIMEOUT_MS = 10_000;
const BETWEEN_KEYS_MS = 400;
const COUNT_EVERY_MS = 100;
/** Of the watching process, which stands for a terminal that is elsewhere, and must not wait for a processor. */
const WATCHING_NICE = -15;
const SPIN = 'for (;;);';

/** Watches the live view, and types into it, while other processes want all of the processor. */
export async function putUnderFire(order: FireOrder, directory: string): Promise<FireReport> {
  const hogs = Array.from({ length: order.hogs }, () =>
    spawn(process.execPath, ['-e', SPIN], { stdio: 'ignore' }),
  );
  try {
    await using terminal = openTerminal(process.execPath, [LAUNCHER], {
      ...SCREEN,
      env: viewerEnvironment(directory),
    });
    await terminal.waitFor(TABLE_TITLE, FIRST_SCREEN_MS);
    await sleep(SETTLE_MS);
    // Now that all others are started: they would inherit it.
    using _ = raisedPriority();
    return await watch(terminal, order.durationMs);
  } finally {
    for (const hog of hogs) hog.kill('SIGKILL');
  }
}

/** Puts this process before the others; without the right to, it waits for a processor as they do. */
function raisedPriority(): Disposable {
  const before = getPriority();
  const set = (priority: number) => {
    try {
      setPriority(priority);
    } catch {
      process.stderr.write(
        'fire: no right to a higher priority: what is measured has waits of its own\n',
      );
    }
  };
  set(WATCHING_NICE);
  return { [Symbol.dispose]: () => set(before) };
}

/** What stands above the table: it changes with every frame, and no key changes it. */
const HEAD_LINES = 5;

async function watch(terminal: Terminal, durationMs: number): Promise<FireReport> {
  const startedMs = performance.now();
  const sinceMs = () => performance.now() - startedMs;
  const start = meter(terminal);
  const counts: Count[] = [];
  const frames: Frame[] = [];
  const counting = setInterval(
    () => counts.push({ atMs: sinceMs(), count: countTimeWaits() }),
    COUNT_EVERY_MS,
  );
  const stopWatching = terminal.watch(() => {
    const head = terminal.lines().slice(0, HEAD_LINES).join('\n');
    if (head !== frames.at(-1)?.head) frames.push({ atMs: sinceMs(), head });
  });
  const answersMs: number[] = [];
  while (sinceMs() < durationMs) {
    answersMs.push(await timeKey(terminal, '?', (screen) => screen.includes(HELP)));
    answersMs.push(await timeKey(terminal, 'escape', (screen) => !screen.includes(HELP)));
  }
  stopWatching();
  clearInterval(counting);
  const end = meter(terminal);
  const seconds = sinceMs() / 1000;
  return {
    answersMs,
    frameGapsMs: frames.slice(1).map(({ atMs }, index) => atMs - (frames[index]?.atMs ?? atMs)),
    figures: frames.flatMap((frame) => figureOf(frame, counts)),
    opensPerSecond: (end.opens - start.opens) / seconds,
    timeWaits: { start: start.timeWaits, end: end.timeWaits },
    cpuPercent: (end.cpuMs - start.cpuMs) / 10 / seconds,
  };
}

/** Ms from a key until the screen shows what it does; then a pause. */
async function timeKey(
  terminal: Terminal,
  key: string,
  shows: (screen: string) => boolean,
): Promise<number> {
  const pressedMs = performance.now();
  terminal.press(key);
  await terminal.waitFor(shows, KEY_TIMEOUT_MS);
  const answeredMs = performance.now() - pressedMs;
  await sleep(BETWEEN_KEYS_MS);
  return answeredMs;
}

function meter({ pid }: Terminal): { opens: number; cpuMs: number; timeWaits: number } {
  return { opens: activeOpens(), cpuMs: usageOf(pid).cpuMs, timeWaits: countTimeWaits() };
}

/** Connections that were opened in this namespace so far. */
function activeOpens(): number {
  const counters = parseCounterPairs(readFileSync('/proc/net/snmp', 'utf8'), '/proc/net/snmp');
  return counters.get('Tcp')?.get('ActiveOpens') ?? NaN;
}
