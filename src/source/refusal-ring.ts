import { parsePerfRecords, type Refusal } from '../kernel/perf-ring.ts';
import type { TraceFormat } from '../kernel/trace-format.ts';
import { SystemCallError } from './libc.ts';
import type { PerfEvents } from './perf-events.ts';

/** Which of connect()'s ways through the states is a refusal; see RefusalWatcher. */
const FILTER = 'protocol==6 && oldstate==2 && newstate==7 && sport==0';

/** Room for about 630 refusals of 104 bytes between two readings, on each CPU. */
const DATA_BYTES = 64 * 1024;

/** With less room than this left, a record may have been lost. */
const NEARLY_FULL_BYTES = 1024;

/**
 * How many records next to a loss tell whose the lost ones were. What filled the ring is what was lost: those before, such
 * as the few of another namespace, are no measure of it.
 */
const NEAREST = 100;

/** How many times the count is retried if more records arrive meanwhile. */
const ATTEMPTS = 4;

// struct perf_event_mmap_page (linux/perf_event.h), in words of 8 bytes.
const DATA_HEAD = 1024 / 8;
const DATA_TAIL = 1032 / 8;

/** The refusals on one CPU: an event, and the ring that the kernel writes its records to. */
export class RefusalRing {
  readonly #events: PerfEvents;
  readonly #format: TraceFormat;
  readonly #fd: number;
  readonly #memory: ArrayBuffer;
  readonly #control: BigUint64Array;
  readonly #data: Uint8Array;
  #tail = 0n;
  /** Refusals accounted for: those with a record, and those reported lost. */
  #accountedFor = 0;

  private constructor(events: PerfEvents, format: TraceFormat, fd: number, memory: ArrayBuffer) {
    this.#events = events;
    this.#format = format;
    this.#fd = fd;
    this.#memory = memory;
    this.#control = new BigUint64Array(memory, 0, events.pageBytes / 8);
    this.#data = new Uint8Array(memory, events.pageBytes);
  }

  /** Opens and starts one. On failure throws SystemCallError and leaves nothing open. */
  static open(events: PerfEvents, format: TraceFormat, cpu: number): RefusalRing {
    const fd = events.open(format.id, cpu);
    let memory: ArrayBuffer | undefined;
    try {
      events.setFilter(fd, FILTER);
      // In front of the first record, which needs the ring.
      memory = events.map(fd, events.pageBytes + Math.max(events.pageBytes, DATA_BYTES));
      events.enable(fd);
      return new RefusalRing(events, format, fd, memory);
    } catch (error) {
      if (memory !== undefined) events.unmap(memory);
      events.closeEvent(fd);
      throw error;
    }
  }

  /**
   * Adds the refusals since the last call, and returns how many more there were that did not fit into the
   * ring: those next to them have a share of them. If there are none, this is a single memory read.
   */
  drain(into: Refusal[]): number {
    const head = this.#head();
    const start = into.length;
    if (head === this.#tail || this.#take(head, into)) return 0;
    const end = into.length;
    const lost = this.#countLost(into);
    shareOut(lost, into, start, end);
    return lost;
  }

  /** The kernel says what it has lost with the next record only, which may never come; the count knows it now. */
  #countLost(into: Refusal[]): number {
    for (let attempt = 1; ; attempt++) {
      const counted = this.#count();
      const now = this.#head();
      if (now === this.#tail || attempt === ATTEMPTS) return this.#lostOf(counted);
      this.#take(now, into);
    }
  }

  /** Closes it; it must not be used afterwards. */
  close(): void {
    this.#events.unmap(this.#memory);
    this.#events.closeEvent(this.#fd);
  }

  /**
   * How far the kernel has written. It writes the records first, then a barrier, then this (perf_output_put_handle in
   * kernel/events/ring_buffer.c). An atomic load is an acquire, on arm64 too (V8 makes it an LDAR), so that what is
   * read behind it is what was written in front of it; the atomic store of data_tail is the release
   * that the kernel waits for before it writes there again. Records were copied by then.
   */
  #head(): bigint {
    return Atomics.load(this.#control, DATA_HEAD);
  }

  /** How many there were; where the kernel does not tell, those that are known. The next count makes up for it. */
  #count(): number {
    try {
      return this.#events.count(this.#fd);
    } catch (error) {
      if (error instanceof SystemCallError) return this.#accountedFor;
      throw error;
    }
  }

  /** Reads up to `head`. False: some may be missing. */
  #take(head: bigint, into: Refusal[]): boolean {
    const [from, to] = [Number(this.#tail), Number(head)];
    const { refusals, complete } = parsePerfRecords(this.#data, from, to, this.#format);
    Atomics.store(this.#control, DATA_TAIL, head);
    this.#tail = head;
    this.#accountedFor += refusals.length;
    for (const refusal of refusals) into.push(refusal);
    return complete && this.#data.length - (to - from) > NEARLY_FULL_BYTES;
  }

  #lostOf(counted: number): number {
    // Below zero for a moment where some came between the count and the last look.
    const lost = Math.max(0, counted - this.#accountedFor);
    this.#accountedFor += lost;
    return lost;
  }
}

/** Gives the last refusals from `start` to `end` equal shares of those lost after them. */
function shareOut(lost: number, refusals: Refusal[], start: number, end: number): void {
  if (lost === 0) return;
  const first = Math.max(start, end - NEAREST);
  const nearest = refusals.slice(first, end);
  const lostBeside = lost / nearest.length;
  refusals.splice(first, nearest.length, ...nearest.map((each) => ({ ...each, lostBeside })));
}
