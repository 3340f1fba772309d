import { constants } from 'node:os';
import { SystemCallError } from '../../src/source/libc.ts';
import type { PerfEvents } from '../../src/source/perf-events.ts';

const PAGE_BYTES = 4096;
const DATA_HEAD = 128;
const DATA_TAIL = 129;

/** A call that the pretended kernel may refuse. */
type Call = 'open' | 'setFilter' | 'map' | 'enable' | 'count';
const NAMES: Readonly<Record<Call, string>> = {
  open: 'perf_event_open',
  setFilter: 'ioctl',
  map: 'mmap',
  enable: 'ioctl',
  count: 'read',
};

/** An event of the pretended kernel. */
interface FakeEvent {
  readonly fd: number;
  readonly cpu: number;
  readonly tracepoint: number;
  ring: ArrayBuffer | undefined;
  count: number;
}

/** Plays the kernel's part of perf events: rings that it writes to as the kernel does, and refusals of calls. */
export class FakePerfKernel {
  readonly filters: string[] = [];
  readonly open: FakeEvent[] = [];
  readonly log = { opened: 0, counted: 0, closed: 0 };
  /** Called where the count is read, as the kernel may write meanwhile. */
  whileCounting: () => void = () => {};
  #refusal: { call: Call; errno: number; cpu: number | undefined } | undefined;
  #nextFd = 100;

  /** Makes a call fail, on one CPU or on all. */
  refuse(call: Call, errno: keyof typeof constants.errno, cpu?: number): void {
    this.#refusal = { call, errno: constants.errno[errno], cpu };
  }

  allowAll(): void {
    this.#refusal = undefined;
  }

  /** The event on a CPU. */
  on(cpu: number): FakeEvent {
    const event = this.open.find((each) => each.cpu === cpu);
    if (event === undefined) throw new Error(`no event on CPU ${cpu}`);
    return event;
  }

  /** It happens: a record is written where there is room for it. */
  happen(cpu: number, record: Uint8Array): void {
    this.on(cpu).count++;
    this.write(cpu, record);
  }

  /** Writes a record, and returns whether there was room (ring_buffer_has_space in kernel/events/ring_buffer.c). */
  write(cpu: number, record: Uint8Array): boolean {
    const { ring } = this.on(cpu);
    if (ring === undefined) throw new Error('an event that is not mapped');
    const control = new BigUint64Array(ring, 0, PAGE_BYTES / 8);
    const data = new Uint8Array(ring, PAGE_BYTES);
    const head = control[DATA_HEAD] ?? 0n;
    const used = Number(head - (control[DATA_TAIL] ?? 0n));
    if (data.length - used - 1 < record.length) return false;
    record.forEach((byte, at) => (data[(Number(head) + at) % data.length] = byte));
    control[DATA_HEAD] = head + BigInt(record.length);
    return true;
  }

  readonly events = (): PerfEvents => ({
    pageBytes: PAGE_BYTES,
    open: (tracepoint, cpu) => {
      this.#check('open', cpu);
      const event = { fd: this.#nextFd++, cpu, tracepoint, ring: undefined, count: 0 };
      this.open.push(event);
      this.log.opened++;
      return event.fd;
    },
    setFilter: (fd, filter) => {
      this.#check('setFilter', this.#of(fd).cpu);
      this.filters.push(filter);
    },
    map: (fd, bytes) => {
      this.#check('map', this.#of(fd).cpu);
      return (this.#of(fd).ring = new ArrayBuffer(bytes));
    },
    unmap: (ring) => {
      const event = this.open.find((each) => each.ring === ring);
      if (event === undefined) throw new Error('not mapped');
      event.ring = undefined;
    },
    enable: (fd) => this.#check('enable', this.#of(fd).cpu),
    count: (fd) => {
      const event = this.#of(fd);
      this.#check('count', event.cpu);
      this.log.counted++;
      const { count } = event;
      this.whileCounting();
      return count;
    },
    closeEvent: (fd) => {
      const event = this.#of(fd);
      if (event.ring !== undefined) throw new Error('closed while mapped');
      this.open.splice(this.open.indexOf(event), 1);
    },
    close: () => void this.log.closed++,
  });

  #of(fd: number): FakeEvent {
    const event = this.open.find((each) => each.fd === fd);
    if (event === undefined) throw new Error(`file descriptor ${fd} is not open`);
    return event;
  }

  #check(call: Call, cpu: number): void {
    const refusal = this.#refusal;
    if (refusal?.call !== call || (refusal.cpu ?? cpu) !== cpu) return;
    throw new SystemCallError(NAMES[call], refusal.errno);
  }
}
