import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { type CpuTicks, parseCpuTicks, parseKilobyteField } from './proc-text.ts';
import type { Usage, UsageOrder } from './protocol.ts';
import { countTimeWaits } from './readings.ts';
import { SCREEN, startViewer } from './viewer.ts';

/** USER_HZ, in which /proc counts time: 100 on every architecture of today (proc_pid_stat(5)). */
const TICK_MS = 10;
/** The measurement is looked at in so many parts, to show how even it was. */
const PARTS = 5;
/** The memory of a program that settles for longer is first looked at when it has given back what its start needed. */
const FIRST_MEMORY_MS = 13_000;

/** Runs a viewer and measures what it uses once it has settled; null: not installed. */
export async function measureUsage(order: UsageOrder, directory: string): Promise<Usage | null> {
  await using viewer = await startViewer(order.viewer, directory, order.screen ?? SCREEN);
  if (viewer === undefined) return null;
  const firstMemoryMs = Math.min(order.settleMs, FIRST_MEMORY_MS);
  await sleep(firstMemoryMs);
  const residentStart = residentBytes(viewer.pid);
  await sleep(order.settleMs - firstMemoryMs);

  const meter = () => ({
    atMs: performance.now(),
    cpuMs: cpuMs(viewer.pid),
    terminalBytes: viewer.terminalBytes(),
    timeWaits: countTimeWaits(),
  });
  const first = meter();
  const readings = [first];
  for (let part = 0; part < PARTS; part++) {
    await sleep(order.measureMs / PARTS);
    readings.push(meter());
  }
  const last = readings.at(-1) ?? first;
  return {
    cpuPercent: cpuPercent(first, last),
    cpuPercentParts: readings.slice(1).map((end, part) => cpuPercent(readings[part] ?? first, end)),
    residentBytes: { start: residentStart, end: residentBytes(viewer.pid) },
    bytesPerSecond: bytesPerSecond(first, last),
    timeWaits: { start: first.timeWaits, end: last.timeWaits },
  };
}

interface Meter {
  readonly atMs: number;
  readonly cpuMs: number;
  readonly terminalBytes: number | undefined;
}

function cpuPercent(start: Meter, end: Meter): number {
  return (100 * (end.cpuMs - start.cpuMs)) / (end.atMs - start.atMs);
}

function bytesPerSecond(start: Meter, end: Meter): number | undefined {
  if (start.terminalBytes === undefined || end.terminalBytes === undefined) return undefined;
  return (1000 * (end.terminalBytes - start.terminalBytes)) / (end.atMs - start.atMs);
}

/** CPU time of a process, and of its children that have ended, in steps of 10 ms. */
export function cpuMs(pid: number): number {
  const ticks: CpuTicks = parseCpuTicks(readFileSync(join('/proc', `${pid}`, 'stat'), 'utf8'));
  return (ticks.own + ticks.children) * TICK_MS;
}

/** Resident memory of a process. */
export function residentBytes(pid: number): number {
  return parseKilobyteField(readFileSync(join('/proc', `${pid}`, 'status'), 'utf8'), 'VmRSS');
}
