import { formatIpv4, formatIpv6, type IpFamily, isMappedIpv4 } from './ip-address.ts';
import type { TraceField, TraceFormat } from './trace-format.ts';

/**
 * A connect() that found no local port. It fails with EADDRNOTAVAIL at the time of the record.
 *
 * `localAddress` is the source address of the connection, so local address, remote address and port name a tuple
 * group. It is the one that the route chose (tcp_v4_connect sets it before it searches for a port) or that of bind(),
 * with or without IP_BIND_ADDRESS_NO_PORT. Plain, non-blocking, TCP Fast Open and MPTCP connects give the same record.
 * A fallback from MPTCP to TCP gives one record, not two.
 */
export interface Refusal {
  /**
   * The process, in the pid namespace of whoever opened the event. Undefined: the process is invisible from there (the
   * kernel says 0), or was ending (-1; perf_event_pid_type in kernel/events/core.c).
   */
  readonly pid: number | undefined;
  /** The thread, likewise. It may be in another network namespace than its process (setns). */
  readonly tid?: number | undefined;
  readonly family: IpFamily;
  readonly localAddress: string;
  readonly remoteAddress: string;
  readonly remotePort: number;
  /** CLOCK_MONOTONIC in ns, as process.hrtime.bigint() has it. */
  readonly timeNs: number;
  /** Its share of the refusals that were lost, of which no more is known; absent: none. */
  readonly lostBeside?: number;
}

/** Result of reading part of the ring. */
export interface PerfRecords {
  readonly refusals: Refusal[];
  /** False: the kernel reports lost records (LOST, THROTTLE), or something could not be read. */
  readonly complete: boolean;
}

// struct perf_event_header (linux/perf_event.h): u32 type, u16 misc, u16 size.
const HEADER_BYTES = 8;
const PERF_RECORD_LOST = 2;
const PERF_RECORD_THROTTLE = 5;
const PERF_RECORD_SAMPLE = 9;

/** The fields of a sample. perf_output_sample in kernel/events/core.c writes them in the order of these bits. */
const PERF_SAMPLE_TID = 1 << 1;
const PERF_SAMPLE_TIME = 1 << 2;
const PERF_SAMPLE_RAW = 1 << 10;
export const SAMPLE_TYPE = PERF_SAMPLE_TID | PERF_SAMPLE_TIME | PERF_SAMPLE_RAW;
const AT_PID = HEADER_BYTES;
const AT_TID = HEADER_BYTES + 4;
const AT_TIME = HEADER_BYTES + 8;
const AT_RAW_SIZE = HEADER_BYTES + 16;
const AT_RAW = HEADER_BYTES + 20;

const AF_INET = 2;
const AF_INET6 = 10;

const NOTHING: PerfRecords = { refusals: [], complete: false };

/**
 * Parses the records between two positions of a perf ring. Positions count the bytes ever written (struct
 * perf_event_mmap_page in linux/perf_event.h). `data` is the ring without its first page; its length is a power of two.
 * Unknown records are skipped. A record of an impossible size ends the reading, because the next one cannot be found.
 * Never throws. Assumes little-endian, which x64 and arm64 are.
 */
export function parsePerfRecords(
  data: Uint8Array,
  from: number,
  to: number,
  format: TraceFormat,
): PerfRecords {
  if (!(to >= from && to - from <= data.length)) return NOTHING;
  const bytes = unwrap(data, from % data.length, to - from);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const refusals: Refusal[] = [];
  let complete = true;
  let at = 0;
  while (at < bytes.length) {
    const left = bytes.length - at;
    const size = left < HEADER_BYTES ? 0 : view.getUint16(at + 6, true);
    if (size < HEADER_BYTES || size > left) return { refusals, complete: false };
    const type = view.getUint32(at, true);
    if (type === PERF_RECORD_LOST || type === PERF_RECORD_THROTTLE) complete = false;
    if (type === PERF_RECORD_SAMPLE) {
      const refusal = parseSample(view, at, size, format);
      if (refusal === undefined) complete = false;
      else refusals.push(refusal);
    }
    at += size;
  }
  return { refusals, complete };
}

/** The bytes in one piece. They are copied, because the kernel reuses the space once it is released. */
function unwrap(data: Uint8Array, start: number, length: number): Uint8Array {
  const bytes = new Uint8Array(length);
  const head = data.subarray(start, start + length);
  bytes.set(head);
  bytes.set(data.subarray(0, length - head.length), head.length);
  return bytes;
}

function parseSample(
  view: DataView,
  start: number,
  size: number,
  { fields, minimumBytes }: TraceFormat,
): Refusal | undefined {
  if (size < AT_RAW + minimumBytes) return undefined;
  const rawBytes = view.getUint32(start + AT_RAW_SIZE, true);
  if (rawBytes < minimumBytes || rawBytes > size - AT_RAW) return undefined;
  const raw = start + AT_RAW;
  const family = view.getUint16(raw + fields.family.offset, true);
  const ends = addressesOf(view, raw, family, fields);
  if (ends === undefined) return undefined;
  const numberAt = (at: number) => {
    const number = view.getInt32(start + at, true);
    return number > 0 ? number : undefined;
  };
  return {
    pid: numberAt(AT_PID),
    tid: numberAt(AT_TID),
    ...ends,
    // The port is in host order (ntohs in include/trace/events/sock.h); addresses are in network order.
    remotePort: view.getUint16(raw + fields.dport.offset, true),
    timeNs: Number(view.getBigUint64(start + AT_TIME, true)),
  };
}

function addressesOf(
  view: DataView,
  raw: number,
  family: number,
  { saddr, daddr, saddr_v6, daddr_v6 }: TraceFormat['fields'],
): Pick<Refusal, 'family' | 'localAddress' | 'remoteAddress'> | undefined {
  const ipv4 = ({ offset }: TraceField) => formatIpv4(view.getUint32(raw + offset));
  if (family === AF_INET)
    return { family: 4, localAddress: ipv4(saddr), remoteAddress: ipv4(daddr) };
  if (family !== AF_INET6) return undefined;
  const words = ({ offset }: TraceField) => wordsAt(view, raw + offset);
  const remote = words(daddr_v6);
  const local = words(saddr_v6);
  if (isMappedIpv4(remote)) {
    // The connection is IPv4. Its local address is mapped as well.
    return { family: 4, localAddress: formatIpv4(local[3]), remoteAddress: formatIpv4(remote[3]) };
  }
  return { family: 6, localAddress: formatIpv6(local), remoteAddress: formatIpv6(remote) };
}

function wordsAt(view: DataView, at: number): [number, number, number, number] {
  return [
    view.getUint32(at),
    view.getUint32(at + 4),
    view.getUint32(at + 8),
    view.getUint32(at + 12),
  ];
}
