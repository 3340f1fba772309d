/**
 * A client on its own: opens connections at the moments of a plan, given as JSON on standard input,
 * until the plan is over or the kernel has no port left; then says when that was. A process of its own,
 * so that neither its blocking calls nor those of whoever watches it upset the pace of the other.
 */
import { readFileSync } from 'node:fs';
import {
  acceptSocket,
  awaitEndOfStream,
  bindSocket,
  closeSocket,
  connectSocket,
  listenSocket,
  openSocket,
  SocketError,
} from './libc-sockets.ts';
import { monotonicMs } from './monotonic.ts';
import type { ClientPlan, ClientRun, Endpoint } from './namespace-protocol.ts';

const pause = new Int32Array(new SharedArrayBuffer(4));

/** Returns at once where the moment is past: what is late is caught up with. */
function sleepUntil(momentMs: number): void {
  for (let leftMs = momentMs - monotonicMs(); leftMs > 0; leftMs = momentMs - monotonicMs())
    Atomics.wait(pause, 0, 0, leftMs);
}

/** Opens a connection, and closes it unless it is kept: the client first, which leaves TIME_WAIT there. */
function connectOnce(destination: Endpoint, listener: number, kept: boolean): void {
  const client = openSocket(destination.address);
  connectSocket(client, destination);
  const server = acceptSocket(listener);
  if (kept) return;
  closeSocket(client);
  awaitEndOfStream(server);
  closeSocket(server);
}

/** Follows the plan; the moment at which connect() had no port left, or null. */
function follow({ destination, connections, lastsMs }: ClientPlan, startedMs: number) {
  const listener = openSocket(destination.address);
  bindSocket(listener, destination);
  listenSocket(listener);
  for (const { dueMs, kept } of connections) {
    if (dueMs >= lastsMs) break;
    sleepUntil(startedMs + dueMs);
    try {
      connectOnce(destination, listener, kept);
    } catch (error) {
      if (error instanceof SocketError && error.code === 'EADDRNOTAVAIL') return monotonicMs();
      throw error;
    }
  }
  sleepUntil(startedMs + lastsMs);
  return null;
}

const plan = JSON.parse(readFileSync(0, 'utf8')) as ClientPlan;
const startedMs = monotonicMs();
const run: ClientRun = { startedMs, exhaustedMs: follow(plan, startedMs) };
process.stdout.write(JSON.stringify(run));
