import type { SocketTable } from '../../../kernel/socket-table.ts';
import { TIME_WAIT } from '../../../kernel/tcp-state.ts';
import type { Classified } from '../classify.ts';
import type { Sample } from '../sample.ts';
import { timeWaitAgeMs } from '../time-wait.ts';
import { rowsOf } from '../tuple-rows.ts';
import { hasClearRoom } from './likelihood.ts';

/** So many live sockets with IP_BIND_ADDRESS_NO_PORT, and none without it, tell what those did that nobody saw live. */
const FEWEST_SEEN = 16;

/** Timers of one socket may differ by so much between two looks: they fire late. */
export const SLACK_MS = 5000;

/** What earlier looks saw of a tuple. */
interface Seen {
  /** Since when each live socket seen has the option, Unix ms; undefined: one has not. */
  readonly sinceMs: number | undefined;
  /** Number of those. */
  readonly count: number;
  /** Ports of sockets with the option: STILL_OPEN, or Unix ms when the socket was closed. */
  readonly ports: ReadonlyMap<number, number>;
}

/** True if two looks tell of the same close. */
export function isSameClose(closedAtMs: number, knownMs: number): boolean {
  return Math.abs(closedAtMs - knownMs) <= SLACK_MS;
}

const STILL_OPEN = Infinity;
const NOTHING: Seen = { sinceMs: undefined, count: 0, ports: new Map() };

/**
 * Remembers which sockets have IP_BIND_ADDRESS_NO_PORT: the kernel says so of live ones only, and their TIME_WAIT looks
 * like that of bind() once the first half is full. A connection that no look saw live counts as one with the option if
 * all that were seen since before it was closed have it, and connect() would have taken its port.
 */
export class NoPortMemory {
  #byKey = new Map<string, Seen>();
  /** Since when the first half of a group has had no clear room, Unix ms. */
  #fullSinceMs = new Map<string, number>();

  /** Sets `bindAddressNoPort` of the TIME_WAIT rows that earlier looks tell it of, and takes the live ones. */
  recall(classified: Classified): void {
    const { reading, outgoing, texts } = classified;
    if (this.#byKey.size === 0 && !isAnySet(reading.sockets)) return;
    const byKey = new Map<string, Seen>();
    for (let tuple = 0; tuple < outgoing.count; tuple++) {
      const rows = rowsOf(outgoing, tuple);
      const key = texts.keyOf(tuple);
      const before = this.#byKey.get(key) ?? NOTHING;
      const now = lookAt(classified, rows, before, this.#fullSinceMs.get(key));
      if (now.sinceMs !== undefined || now.ports.size > 0) byKey.set(key, now);
    }
    this.#byKey = byKey;
  }

  /** Takes the sample of the rows that were recalled. */
  push({ groups, takenAtMs }: Sample): void {
    const fullSinceMs = new Map<string, number>();
    if (this.#byKey.size > 0)
      for (const { key, parity } of groups) {
        const { usable, used } = parity.first;
        if (!this.#byKey.has(key) || hasClearRoom(usable - used, usable)) continue;
        fullSinceMs.set(key, this.#fullSinceMs.get(key) ?? takenAtMs);
      }
    this.#fullSinceMs = fullSinceMs;
  }
}

function isAnySet({ bindAddressNoPort, length }: SocketTable): boolean {
  return bindAddressNoPort.subarray(0, length).includes(1);
}

function lookAt(
  { reading: { sockets, takenAtMs }, settings, timeWaitSeconds }: Classified,
  rows: Uint32Array,
  before: Seen,
  fullSinceMs = Infinity,
): Seen {
  const { sinceMs, count, ports } = withLive(sockets, rows, before, takenAtMs);
  for (const row of rows) {
    if (sockets.state[row] !== TIME_WAIT) continue;
    const port = sockets.localPort[row] ?? 0;
    const closedAtMs = takenAtMs - timeWaitAgeMs(sockets.leftMsOf(row), timeWaitSeconds);
    const known = before.ports.get(port);
    const isKnown = known === STILL_OPEN || isSameClose(closedAtMs, known ?? -Infinity);
    const isSecond = ((port ^ settings.range.low) & 1) === 1;
    const fromMs = Math.max(sinceMs ?? Infinity, isSecond ? fullSinceMs : -Infinity);
    if (!isKnown && (count < FEWEST_SEEN || closedAtMs < fromMs)) continue;
    sockets.bindAddressNoPort[row] = 1;
    ports.set(port, known === undefined || known === STILL_OPEN ? closedAtMs : known);
  }
  return { sinceMs, count, ports };
}

/** The tuple with the live sockets of this look. */
function withLive(sockets: SocketTable, rows: Uint32Array, before: Seen, takenAtMs: number) {
  const ports = new Map<number, number>();
  let [having, isAny] = [0, false];
  let isMixed = false;
  for (const row of rows) {
    // Without a process the kernel does not say, or not for long.
    if (sockets.state[row] === TIME_WAIT || sockets.inode[row] === 0) continue;
    if (sockets.bindAddressNoPort[row] !== 1) {
      isMixed = true;
      continue;
    }
    isAny = true;
    const port = sockets.localPort[row] ?? 0;
    ports.set(port, STILL_OPEN);
    if (before.ports.get(port) !== STILL_OPEN) having++;
  }
  if (isMixed) return { sinceMs: undefined, count: 0, ports };
  const sinceMs = before.sinceMs ?? (isAny ? takenAtMs : undefined);
  return { sinceMs, count: before.count + having, ports };
}
