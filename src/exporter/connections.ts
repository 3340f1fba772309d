import type { IncomingMessage, Server } from 'node:http';
import type { Socket } from 'node:net';

/** A scraper needs one or two. */
export const MOST_CONNECTIONS = 512;
/** Requests that may wait behind the one that is being answered. No scraper sends any before it has its answer. */
const MOST_WAITING = 10;

/** Answers a request; resolves once the answer has been handed over, or will never be. */
type Answer = () => Promise<void>;

/** Keeps a server's connections few, and answers the requests of each one after another. */
export class Connections {
  /** By address and port: a TLS socket and the one below it are one connection. */
  readonly #open = new Map<string, Socket>();
  /** What waits behind the request that is being answered. */
  readonly #waiting = new WeakMap<Socket, Answer[]>();
  /** Connections with a request that is being answered. */
  readonly #busy = new Set<string>();

  constructor(server: Server) {
    server.on('connection', (socket: Socket) => this.#add(socket));
  }

  /** Answers now, or after the connection's earlier requests. A connection with too many of them ends. */
  inTurn({ socket }: IncomingMessage, answer: Answer): void {
    // What was read before it ended is still handed out, request by request.
    if (socket.destroyed) return;
    const waiting = this.#waiting.get(socket);
    if (waiting === undefined) void this.#work(socket, answer);
    else if (waiting.length < MOST_WAITING) waiting.push(answer);
    else socket.destroy();
  }

  async #work(socket: Socket, first: Answer): Promise<void> {
    const waiting: Answer[] = [];
    const peer = peerOf(socket);
    this.#waiting.set(socket, waiting);
    this.#busy.add(peer);
    for (let next: Answer | undefined = first; next !== undefined; next = waiting.shift()) {
      await next();
      // Nobody hears the others.
      if (socket.destroyed) break;
    }
    this.#waiting.delete(socket);
    this.#busy.delete(peer);
  }

  /**
   * One too many ends the oldest that is not being answered, or the oldest if all are: a crowd of silent clients keeps
   * nobody out.
   */
  #add(socket: Socket): void {
    const peer = peerOf(socket);
    this.#open.set(peer, socket);
    socket.once('close', () => {
      if (this.#open.get(peer) === socket) this.#open.delete(peer);
    });
    // Of a client that goes away in the middle.
    socket.on('error', () => {});
    if (this.#open.size <= MOST_CONNECTIONS) return;
    const [oldest] = this.#open.keys();
    const idle = [...this.#open.keys()].find((one) => !this.#busy.has(one) && one !== peer);
    const surplus = idle ?? oldest ?? peer;
    this.#open.get(surplus)?.destroy();
    this.#open.delete(surplus);
  }
}

function peerOf({ remoteAddress, remotePort }: Socket): string {
  return `${remoteAddress} ${remotePort}`;
}
