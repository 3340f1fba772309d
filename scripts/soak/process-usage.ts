import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { sessionPids } from '../../test/helpers/terminal-processes.ts';
import { parseCpuTicks, parseKilobyteField } from '../bench/proc-text.ts';

/** USER_HZ, in which /proc counts time: 100 on every architecture of today (proc_pid_stat(5)). */
const TICK_MS = 10;

/** What all processes of the program use together. */
export interface ProcessUsage {
  /** Private memory that no file backs (`Anonymous` of smaps_rollup). */
  readonly anonymousBytes: number;
  readonly residentBytes: number;
  /** Open file descriptors. */
  readonly descriptors: number;
  readonly threads: number;
  readonly processes: number;
  /** User and system time so far. */
  readonly cpuMs: number;
}

/** What V8 says of the heaps of all threads, by the probe. */
export interface HeapUsage {
  /** Used, at the lowest point of the last two seconds. */
  readonly heapBytes: number;
  /** Memory behind the heaps' pages. */
  readonly physicalBytes: number;
  /** V8's own, and that of buffers. */
  readonly mallocedBytes: number;
  /** Resources that keep an event loop alive: timers, streams, handles. */
  readonly handles: number;
}

/** Adds up the processes of the session that `pid` leads. A process that ends meanwhile is left out. */
export function usageOf(pid: number): ProcessUsage {
  const usages = sessionPids(pid).flatMap((member) => {
    try {
      return [usageOfOne(member)];
    } catch {
      return [];
    }
  });
  return {
    anonymousBytes: sumOf(usages, 'anonymousBytes'),
    residentBytes: sumOf(usages, 'residentBytes'),
    descriptors: sumOf(usages, 'descriptors'),
    threads: sumOf(usages, 'threads'),
    processes: usages.length,
    cpuMs: sumOf(usages, 'cpuMs'),
  };
}

/** What one process uses. Throws where it has ended. */
export function usageOfOne(pid: number): Omit<ProcessUsage, 'processes'> {
  const directory = join('/proc', `${pid}`);
  const memory = readFileSync(join(directory, 'smaps_rollup'), 'utf8');
  const { own, children } = parseCpuTicks(readFileSync(join(directory, 'stat'), 'utf8'));
  return {
    anonymousBytes: parseKilobyteField(memory, 'Anonymous'),
    residentBytes: parseKilobyteField(memory, 'Rss'),
    descriptors: readdirSync(join(directory, 'fd')).length,
    threads: readdirSync(join(directory, 'task')).length,
    cpuMs: (own + children) * TICK_MS,
  };
}

/** Adds up what the probes wrote; undefined: none has written yet. */
export function heapsOf(probes: string): HeapUsage | undefined {
  const heaps = readdirSync(probes).flatMap((name) => {
    try {
      return [JSON.parse(readFileSync(join(probes, name), 'utf8')) as HeapUsage];
    } catch {
      return []; // it is being written
    }
  });
  if (heaps.length === 0) return undefined;
  return {
    heapBytes: sumOf(heaps, 'heapBytes'),
    physicalBytes: sumOf(heaps, 'physicalBytes'),
    mallocedBytes: sumOf(heaps, 'mallocedBytes'),
    handles: sumOf(heaps, 'handles'),
  };
}

function sumOf<Key extends string>(
  values: readonly Readonly<Record<Key, number>>[],
  key: Key,
): number {
  return values.reduce((total, value) => total + value[key], 0);
}
