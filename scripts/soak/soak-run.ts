import { mkdtempSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { openTerminal } from '../../test/helpers/terminal.ts';
import { parseTimeWaitCount } from '../bench/proc-text.ts';
import { LAUNCHER, SCREEN, TABLE_TITLE, viewerEnvironment } from '../bench/viewer.ts';
import { heapsOf, usageOf } from './process-usage.ts';
import type { SoakOrder, SoakReading } from './protocol.ts';

const PROBE = fileURLToPath(import.meta.resolve('./heap-probe.mjs'));
const FIRST_SCREEN_MS = 30_000;
const TELL_EVERY = 20;

/** The environment of a soaked program: a cache and a directory of probes of its own. */
export function soakEnvironment(directory: string): { probes: string; env: NodeJS.Dict<string> } {
  const probes = mkdtempSync(join(directory, 'probes-'));
  return {
    probes,
    env: {
      ...viewerEnvironment(directory),
      EPHTOP_SOAK_PROBES: probes,
      NODE_OPTIONS: `--import=${PROBE}`,
    },
  };
}

/** Time-wait sockets of this namespace. */
export function countTimeWaits(): number {
  return parseTimeWaitCount(readFileSync('/proc/net/sockstat', 'utf8'));
}

/** Runs the program in a terminal of its own, and looks at it from outside again and again. */
export async function soak(order: SoakOrder, directory: string): Promise<SoakReading[]> {
  const { probes, env } = soakEnvironment(directory);
  await using terminal = openTerminal(process.execPath, [LAUNCHER, ...order.args], {
    ...SCREEN,
    env,
  });
  await terminal.waitFor(TABLE_TITLE, FIRST_SCREEN_MS);
  const startedMs = performance.now();
  const readings: SoakReading[] = [];
  for (let nth = 0; nth * order.readingEveryMs <= order.durationMs; nth++) {
    const dueMs = startedMs + nth * order.readingEveryMs;
    await Promise.race([sleep(Math.max(0, dueMs - performance.now())), terminal.exited]);
    const usage = usageOf(terminal.pid);
    if (usage.processes === 0) throw new Error(`the program ended:\n${terminal.screen()}`);
    const reading = {
      ...usage,
      atMs: performance.now() - startedMs,
      terminalBytes: terminal.bytes(),
      heap: heapsOf(probes),
      timeWaits: countTimeWaits(),
    };
    readings.push(reading);
    if (order.isTold && nth % TELL_EVERY === 0) tell(reading);
  }
  return readings;
}

const mb = (bytes: number | undefined) => ((bytes ?? Number.NaN) / 1e6).toFixed(1);

function tell({ atMs, anonymousBytes, heap, descriptors, threads, timeWaits }: SoakReading): void {
  process.stderr.write(
    `soak: ${(atMs / 60_000).toFixed(1)} min  anonymous ${mb(anonymousBytes)} MB  heap ${mb(heap?.heapBytes)} in ${mb(heap?.physicalBytes)} MB, malloced ${mb(heap?.mallocedBytes)} MB  ${descriptors} descriptors, ${threads} threads  ${timeWaits} TIME_WAIT\n`,
  );
}
