import { readFileSync } from 'node:fs';
import { cpus, loadavg, release, totalmem } from 'node:os';
import { parseKilobyteField } from './proc-text.ts';

/** Where the figures were taken. */
export interface Machine {
  readonly date: string;
  readonly cpuModel: string;
  readonly cores: number;
  /** The version's numbers only: what a distribution adds may name the machine. */
  readonly kernel: string;
  readonly nodeVersion: string;
  readonly memoryBytes: number;
  readonly availableBytes: number;
  /** Processes that wanted to run, mean of the last minute. */
  readonly load: number;
  /** Slots of the kernel's table of connections, which every reading walks; undefined before Linux 6.1. */
  readonly hashSlots: number | undefined;
}

export function describeMachine(): Machine {
  const cores = cpus();
  return {
    date: new Date().toISOString().slice(0, 10),
    cpuModel: cores[0]?.model.trim() ?? 'unknown',
    cores: cores.length,
    kernel: /^[\d.]+/.exec(release())?.[0].replace(/\.$/, '') ?? release(),
    nodeVersion: process.versions.node,
    memoryBytes: totalmem(),
    availableBytes: parseKilobyteField(readFileSync('/proc/meminfo', 'utf8'), 'MemAvailable'),
    load: loadavg()[0] ?? Number.NaN,
    hashSlots: readHashSlots(),
  };
}

function readHashSlots(): number | undefined {
  try {
    // Negative where a namespace shares the table of the first one.
    return Math.abs(Number(readFileSync('/proc/sys/net/ipv4/tcp_ehash_entries', 'utf8')));
  } catch {
    return undefined;
  }
}
