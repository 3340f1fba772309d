/** What connect() takes port by port in virtual time: the search by parity, TIME_WAIT, and its takeover. */
import type { TestSocket } from './sockets.ts';

const TIME_WAIT_MS = 60_000;
/** net.ipv4.tcp_tw_reuse_delay. */
const REUSE_DELAY_MS = 1000;

/** One destination's ports, searched as __inet_hash_connect() does (net/ipv4/inet_hashtables.c). */
export class SearchedPorts {
  readonly #low: number;
  readonly #size: number;
  /** What holds a port: when it was closed, or undefined as long as it is open. */
  readonly #held = new Map<number, number | undefined>();
  #offset = 0;
  /** TIME_WAIT can be taken over: net.ipv4.tcp_tw_reuse is 1. */
  isReused = false;
  opens = 0;
  takenOver = 0;
  refused = 0;

  constructor(low: number, size: number) {
    this.#low = low;
    this.#size = size;
  }

  /** A connection that is opened and closed at once, so that its port is in TIME_WAIT; none if there is no port. */
  connectAndClose(nowMs: number): void {
    for (const parity of [0, 1])
      for (let step = 0; step < this.#size; step += 2) {
        const index = ((this.#offset & ~1) + step + parity) % this.#size;
        const port = this.#low + index;
        const isHeld = this.#held.has(port);
        const closedMs = this.#held.get(port) ?? Infinity;
        if (isHeld && !(this.isReused && nowMs - closedMs > REUSE_DELAY_MS)) continue;
        this.opens++;
        this.takenOver += Number(isHeld);
        this.#held.set(port, nowMs);
        this.#offset = index + 2;
        return;
      }
    this.refused++;
  }

  /** Connections that bind() gave a port each, of the half that connect() takes last, from the top. */
  bindLast(count: number): void {
    let left = count;
    for (let index = this.#size - 1; index > 0 && left > 0; index -= 2) {
      if (this.#held.has(this.#low + index)) continue;
      this.#held.set(this.#low + index, undefined);
      this.opens++;
      left--;
    }
  }

  /** The sockets of now. TIME_WAIT that has ended is gone. */
  sockets(nowMs: number, socket: Omit<TestSocket, 'localPort'>): TestSocket[] {
    return [...this.#held].flatMap(([localPort, closedMs]) => {
      if (closedMs === undefined) return [{ ...socket, localPort }];
      const leftMs = TIME_WAIT_MS - (nowMs - closedMs);
      if (leftMs <= 0) this.#held.delete(localPort);
      return leftMs <= 0 ? [] : [{ ...socket, localPort, state: 'TIME_WAIT' as const, leftMs }];
    });
  }
}
