import { arch } from 'node:os';
import { SAMPLE_TYPE } from '../kernel/perf-ring.ts';
import { loadLibc } from './libc.ts';
import { REFUSALS } from './refusals-unseen.ts';
import { SourceError } from './source-error.ts';

/** perf_event_open(2) and what belongs to it; a value, so that tests can play the kernel. All throw SystemCallError. */
export interface PerfEvents {
  /** Bytes of a page of memory. */
  readonly pageBytes: number;
  /** Opens a tracepoint on one CPU, for all processes, not counting yet. Returns its file descriptor. */
  open(tracepoint: number, cpu: number): number;
  /** Makes it count only matching events; see Documentation/trace/events.rst, "Event filtering". */
  setFilter(fd: number, filter: string): void;
  /** Maps the event's ring: one control page, and 2^n data pages. Must not be read after `unmap`. */
  map(fd: number, bytes: number): ArrayBuffer;
  unmap(ring: ArrayBuffer): void;
  enable(fd: number): void;
  /** Number of events since it was enabled. */
  count(fd: number): number;
  closeEvent(fd: number): void;
  /** Closes libc. */
  close(): void;
}

/** __NR_perf_event_open (arch/x86/entry/syscalls/syscall_64.tbl; scripts/syscall.tbl). */
const SYSTEM_CALLS: Readonly<Partial<Record<NodeJS.Architecture, bigint>>> = {
  x64: 298n,
  arm64: 241n,
};

// linux/perf_event.h, struct perf_event_attr up to its fourth version (Linux 4.1), which has the clock.
const ATTRIBUTE_BYTES = 96;
const PERF_TYPE_TRACEPOINT = 2;
const DISABLED = 1n << 0n;
const USE_CLOCKID = 1n << 25n;
const CLOCK_MONOTONIC = 1;
const PERF_FLAG_FD_CLOEXEC = 8n;
const PERF_EVENT_IOC_ENABLE = 0x2400n;
const PERF_EVENT_IOC_SET_FILTER = 0x40082406n;
// asm-generic/mman-common.h
const PROT_READ_WRITE = 3;
const MAP_SHARED = 1;

const LIBC = {
  syscall: { return: 'i64', arguments: ['i64', 'pointer', 'i64', 'i64', 'i64', 'u64'] },
  ioctl: { return: 'i32', arguments: ['i32', 'u64', 'pointer'] },
  mmap: { return: 'i64', arguments: ['u64', 'u64', 'i32', 'i32', 'i32', 'i64'] },
  munmap: { return: 'i32', arguments: ['u64', 'u64'] },
  read: { return: 'i64', arguments: ['i32', 'pointer', 'u64'] },
  close: { return: 'i32', arguments: ['i32'] },
  getpagesize: { return: 'i32', arguments: [] },
} as const;

/**
 * Perf events through libc. Throws SourceError without node:ffi, or on a processor other than x64 and arm64 (the numbers
 * above are theirs; both are little-endian).
 */
export function openPerfEvents(): PerfEvents {
  const number = SYSTEM_CALLS[arch()];
  if (number === undefined) throw new SourceError(`${REFUSALS} are seen on x64 and arm64 only.`);
  const { ffi, lib, libc, check } = loadLibc(LIBC, `${REFUSALS} are seen`);
  const addresses = new WeakMap<ArrayBuffer, bigint>();
  return {
    pageBytes: libc.getpagesize(),
    open(tracepoint, cpu) {
      const attributes = eventAttributes(tracepoint);
      const everyProcess = -1n;
      const noGroup = -1n;
      return check(
        'perf_event_open',
        Number(
          libc.syscall(
            number,
            attributes,
            everyProcess,
            BigInt(cpu),
            noGroup,
            PERF_FLAG_FD_CLOEXEC,
          ),
        ),
      );
    },
    setFilter(fd, filter) {
      check('ioctl', libc.ioctl(fd, PERF_EVENT_IOC_SET_FILTER, Buffer.from(`${filter}\0`)));
    },
    map(fd, bytes) {
      const address = libc.mmap(0n, BigInt(bytes), PROT_READ_WRITE, MAP_SHARED, fd, 0n);
      check('mmap', Number(address));
      const ring = ffi.toArrayBuffer(address, bytes, false);
      addresses.set(ring, address);
      return ring;
    },
    unmap(ring) {
      const address = addresses.get(ring);
      if (address !== undefined) libc.munmap(address, BigInt(ring.byteLength));
      addresses.delete(ring);
    },
    enable(fd) {
      check('ioctl', libc.ioctl(fd, PERF_EVENT_IOC_ENABLE, null));
    },
    count(fd) {
      const value = new BigUint64Array(1);
      check('read', Number(libc.read(fd, value, 8n)));
      return Number(value[0]);
    },
    closeEvent(fd) {
      libc.close(fd);
    },
    close() {
      lib.close();
    },
  };
}

/** A record for each event (a period of one), with process, time and the tracepoint's fields. */
function eventAttributes(tracepoint: number): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(ATTRIBUTE_BYTES);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, PERF_TYPE_TRACEPOINT, true);
  view.setUint32(4, ATTRIBUTE_BYTES, true);
  view.setBigUint64(8, BigInt(tracepoint), true);
  view.setBigUint64(16, 1n, true);
  view.setBigUint64(24, BigInt(SAMPLE_TYPE), true);
  view.setBigUint64(40, DISABLED | USE_CLOCKID, true);
  view.setInt32(92, CLOCK_MONOTONIC, true);
  return bytes;
}
