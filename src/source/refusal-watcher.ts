import { rawText } from '../kernel/foreign-text.ts';
import { existsSync } from 'node:fs';
import { constants } from 'node:os';
import { join } from 'node:path';
import { parseCpuList } from '../kernel/cpu-list.ts';
import type { Refusal } from '../kernel/perf-ring.ts';
import { parseTraceFormat, type TraceFormat } from '../kernel/trace-format.ts';
import { type Clock, systemClock } from './clock.ts';
import { isErrno, SystemCallError } from './libc.ts';
import { openPerfEvents, type PerfEvents } from './perf-events.ts';
import { errorCode, readText } from './read-file.ts';
import { RefusalRing } from './refusal-ring.ts';
import { type Asker, REFUSALS, whyUnseen } from './refusals-unseen.ts';
import { SourceError } from './source-error.ts';

/** Refused connections since the last reading. */
export interface RefusalReading {
  /** Refusals in all network namespaces of the machine (see RefusalNamespaces). CPU by CPU, in order within each. */
  readonly refusals: Refusal[];
  /** Number of further refusals that did not fit into the rings; nothing else is known of them. */
  readonly lost: number;
}

/**
 * Sees each connect() that finds no local port (EADDRNOTAVAIL). Its socket goes from CLOSE to SYN_SENT and back to
 * CLOSE without a source port (tcp_v4_connect in net/ipv4/tcp_ipv4.c, tcp_v6_connect in net/ipv6/tcp_ipv6.c).
 *
 * The kernel filters the events. While nothing is refused, a reading costs one memory access per CPU. The tracepoint
 * costs each connection on the machine about 2 µs of kernel time (measured over loopback, both ends, where a connection
 * takes 37 µs). Each CPU has a ring of 64 KiB, locked in memory. Closing the last file takes about 40 ms, because the
 * kernel waits for all CPUs.
 *
 * Not seen:
 *
 * - refusals on a socket that was connected before (connect() again after ECONNREFUSED or AF_UNSPEC): it still has its
 *   old source port;
 * - refusals because a port chosen by bind() is in use for the tuple: that is no shortage;
 * - bind() refused (EADDRINUSE): it changes no state.
 */
export interface RefusalWatcher {
  /** Takes the refusals since the last call. Never throws. */
  read(): RefusalReading;
  close(): void;
}

/** A watcher, or why there is none and how to get one: one sentence, safe to print. */
export type RefusalWatch = { readonly watcher: RefusalWatcher } | { readonly unseen: string };

/** What a watcher needs of the world. */
export interface RefusalWorld extends Asker {
  /** Where tracefs may be mounted. */
  readonly tracefs: readonly string[];
  readonly onlineCpusFile: string;
  readonly clock: Pick<Clock, 'monotonicMs'>;
  openPerfEvents(this: void): PerfEvents;
}

/** The kernel mounts tracefs at the second path itself on first access, if debugfs is mounted. */
const TRACEFS = ['/sys/kernel/tracing', '/sys/kernel/debug/tracing'];
const FORMAT = 'events/sock/inet_sock_set_state/format';

/** How often the list of online CPUs is read. */
const CPUS_EVERY_MS = 10_000;

/** Starts watching. Writes nothing to tracefs and mounts nothing. */
export function watchRefusals(given: Partial<RefusalWorld> = {}): RefusalWatch {
  const world: RefusalWorld = {
    tracefs: TRACEFS,
    onlineCpusFile: '/sys/devices/system/cpu/online',
    clock: systemClock,
    openPerfEvents,
    isRoot: process.geteuid?.() === 0,
    nodePath: process.execPath,
    ...given,
  };
  try {
    return { watcher: new PerfRefusalWatcher(world) };
  } catch (error) {
    return { unseen: whyUnseen(error, world) };
  }
}

class PerfRefusalWatcher implements RefusalWatcher {
  readonly #world: RefusalWorld;
  readonly #format: TraceFormat;
  readonly #events: PerfEvents;
  readonly #rings = new Map<number, RefusalRing>();
  /** The text of onlineCpusFile for which every CPU has a ring; undefined: some may lack one. */
  #watchedCpus: string | undefined;
  #nextLookMs: number;
  #closed = false;

  constructor(world: RefusalWorld) {
    this.#world = world;
    this.#events = world.openPerfEvents();
    try {
      this.#format = readFormat(world.tracefs);
      this.#openRings();
      if (this.#rings.size === 0)
        throw new SystemCallError('perf_event_open', constants.errno.ENODEV);
    } catch (error) {
      this.close();
      throw error;
    }
    this.#nextLookMs = world.clock.monotonicMs() + CPUS_EVERY_MS;
  }

  read(): RefusalReading {
    const refusals: Refusal[] = [];
    let lost = 0;
    for (const ring of this.#rings.values()) lost += ring.drain(refusals);
    const nowMs = this.#world.clock.monotonicMs();
    if (nowMs >= this.#nextLookMs && !this.#closed) {
      this.#nextLookMs = nowMs + CPUS_EVERY_MS;
      this.#followCpus();
    }
    return { refusals, lost };
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    for (const ring of this.#rings.values()) ring.close();
    this.#rings.clear();
    this.#events.close();
  }

  /** Opens and closes rings as CPUs come and go. Failures are retried at the next check. */
  #followCpus(): void {
    try {
      this.#openRings();
    } catch (error) {
      whyUnseen(error, this.#world); // rethrows unexpected errors
    }
  }

  #openRings(): void {
    const text = rawText(readText(this.#world.onlineCpusFile));
    if (text === this.#watchedCpus) return;
    this.#watchedCpus = undefined;
    const online = new Set(parseCpuList(text, this.#world.onlineCpusFile));
    for (const [cpu, ring] of this.#rings) {
      if (online.has(cpu)) continue;
      // A CPU that comes back needs a new event (perf_event_exit_cpu in kernel/events/core.c).
      ring.close();
      this.#rings.delete(cpu);
    }
    for (const cpu of online) if (!this.#rings.has(cpu)) this.#openRing(cpu);
    this.#watchedCpus = text;
  }

  #openRing(cpu: number): void {
    try {
      this.#rings.set(cpu, RefusalRing.open(this.#events, this.#format, cpu));
    } catch (error) {
      // ENODEV: the CPU has gone offline since the file was read.
      if (!isErrno(error, 'ENODEV')) throw error;
    }
  }
}

/** Reads the tracepoint's format. Throws ParseError, SourceError if it is nowhere, and what readText throws. */
function readFormat(mounts: readonly string[]): TraceFormat {
  let denied: unknown;
  for (const mount of mounts) {
    const path = join(mount, FORMAT);
    try {
      return parseTraceFormat(rawText(readText(path)), path);
    } catch (error) {
      const code = errorCode(error);
      if (code === 'EACCES' || code === 'EPERM') denied ??= error;
      else if (code !== 'ENOENT') throw error;
      else if (existsSync(join(mount, 'events')))
        throw new SourceError(
          `${REFUSALS} are seen through the tracepoint sock:inet_sock_set_state, which this kernel does not have: it takes Linux 4.16 or newer.`,
        );
    }
  }
  if (denied !== undefined) throw denied;
  throw new SourceError(
    `${REFUSALS} are seen through tracefs, which is not mounted here: sudo mount -t tracefs tracefs /sys/kernel/tracing.`,
  );
}
