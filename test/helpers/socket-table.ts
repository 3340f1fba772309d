import {
  acceptSocket,
  awaitEndOfStream,
  beginConnect,
  bindSocket,
  bindToDevice,
  closeSocket,
  connectSocket,
  onceRouted,
  listenSocket,
  localPort,
  openSocket,
  remotePort,
  setBindAddressNoPort,
  setIpv6Only,
  setLocalPortRange,
  setRepair,
  setResetOnClose,
  setReuseAddress,
  SocketError,
} from './libc-sockets.ts';
import { AF_INET6, familyOf, unmapped } from './socket-address.ts';
import type {
  CloseOrder,
  ConnectOptions,
  ConnectResult,
  Connection,
  Endpoint,
  Stop,
} from './namespace-protocol.ts';

type Ends = { client: number | undefined; server: number | undefined };
type Listener = Endpoint & { fd: number };

/** Outside every range that the tests set. */
const CONTROL_PORT = 20_000;

const connections = new Map<number, Ends>();
const listeners = new Map<number, Listener>();
const bound = new Map<number, number>();
let lastId = 0;

/** Listens; an IPv6 listener is IPv6 only unless it listens on a mapped address. Its id. */
export function listen(endpoint: Endpoint): number {
  const fd = openSocket(endpoint.address);
  const mapped = unmapped(endpoint.address) !== endpoint.address;
  if (familyOf(endpoint.address) === AF_INET6 && !mapped) setIpv6Only(fd);
  bindSocket(fd, endpoint);
  listenSocket(fd);
  lastId += 1;
  listeners.set(lastId, { ...endpoint, fd });
  return lastId;
}

/** Binds a socket and leaves it at that: neither listening nor connected. Its id. */
export function bind(endpoint: Endpoint, protocol: 'tcp' | 'udp'): number {
  const fd = openSocket(endpoint.address, protocol);
  bindSocket(fd, endpoint);
  lastId += 1;
  bound.set(lastId, fd);
  return lastId;
}

/** Closes a listener or a bound socket. */
export function release(id: number): void {
  const fd = listeners.get(id)?.fd ?? bound.get(id);
  if (fd === undefined) throw new Error(`no listener and no bound socket has id ${id}`);
  closeSocket(fd);
  listeners.delete(id);
  bound.delete(id);
}

/** Closes every socket there is; connections are reset. */
export function closeEverything(): void {
  for (const ends of connections.values()) {
    for (const fd of [ends.client, ends.server]) {
      if (fd === undefined) continue;
      setResetOnClose(fd);
      closeSocket(fd);
    }
  }
  connections.clear();
  for (const id of [...listeners.keys(), ...bound.keys()]) release(id);
}

/** Connects and accepts, one after the other, until `count` is reached or the kernel refuses. */
export function connect(options: ConnectOptions): ConnectResult {
  const listener = options.pending === true ? undefined : listenerFor(options.destination);
  if (options.ports !== undefined) return connectFrom(options, options.ports, listener);
  const opened: Connection[] = [];
  while (opened.length < (options.count ?? Infinity)) {
    try {
      opened.push(connectOnce(options, listener));
    } catch (error) {
      return { connections: opened, stop: describeStop(error, options.destination, listener) };
    }
  }
  return { connections: opened, stop: null };
}

function connectFrom(
  options: ConnectOptions,
  ports: readonly number[],
  listener: Listener | undefined,
): ConnectResult {
  const address = options.bindTo?.address ?? '0.0.0.0';
  const opened = ports.flatMap((port) => {
    try {
      return [connectOnce({ ...options, bindTo: { address, port } }, listener)];
    } catch (error) {
      if (error instanceof SocketError) return [];
      throw error;
    }
  });
  return { connections: opened, stop: null };
}

function connectOnce(options: ConnectOptions, listener: Listener | undefined): Connection {
  return onceRouted(options.destination, () => connectAt(options, listener));
}

function connectAt(options: ConnectOptions, listener: Listener | undefined): Connection {
  const mode = listener === undefined ? 'non-blocking' : 'blocking';
  const client = openSocket(options.destination.address, 'tcp', mode);
  try {
    if (options.device !== undefined) bindToDevice(client, options.device);
    if (options.reuseAddress === true) setReuseAddress(client);
    if (options.bindAddressNoPort === true) setBindAddressNoPort(client);
    if (options.portRange !== undefined)
      setLocalPortRange(client, options.portRange.low, options.portRange.high);
    if (options.bindTo !== undefined) bindSocket(client, options.bindTo);
    if (listener === undefined) beginConnect(client, options.destination);
    else connectSocket(client, options.destination);
  } catch (error) {
    closeSocket(client);
    throw error;
  }
  const server = listener === undefined ? undefined : acceptSocket(listener.fd);
  const port = localPort(client);
  if (server !== undefined && remotePort(server) !== port)
    throw new Error('accepted a connection that is not ours');
  lastId += 1;
  connections.set(lastId, { client, server });
  return { id: lastId, localPort: port };
}

function listenerFor(destination: Endpoint): Listener {
  const wanted = unmapped(destination.address);
  for (const listener of listeners.values()) {
    const own = unmapped(listener.address);
    const any = own === '::' || own === '0.0.0.0';
    const sameFamily = familyOf(own) === familyOf(wanted);
    if (listener.port === destination.port && sameFamily && (any || own === wanted))
      return listener;
  }
  throw new Error(`nothing listens on ${destination.address} port ${destination.port}`);
}

function describeStop(error: unknown, destination: Endpoint, listener: Listener | undefined): Stop {
  if (!(error instanceof SocketError)) throw error;
  const { call, code } = error;
  if (call !== 'bind' && call !== 'connect') throw error;
  const noPort = call === 'connect' && code === 'EADDRNOTAVAIL';
  const isReachable = listener === undefined || reachableFromExplicitPort(destination, listener);
  return { call, code, exhausted: noPort && isReachable };
}

/** connect() says EADDRNOTAVAIL for want of a source address too; an explicit port tells them apart. */
function reachableFromExplicitPort(destination: Endpoint, listener: Listener): boolean {
  const fd = openSocket(destination.address);
  try {
    const any = familyOf(destination.address) === AF_INET6 ? '::' : '0.0.0.0';
    bindSocket(fd, { address: any, port: CONTROL_PORT });
    connectSocket(fd, destination);
    const server = acceptSocket(listener.fd);
    setResetOnClose(fd);
    closeSocket(server);
    return true;
  } catch (error) {
    if (error instanceof SocketError) return false;
    throw error;
  } finally {
    closeSocket(fd);
  }
}

/** Closes connections in the given order; the second end only after it has seen the first one's FIN. */
export function close(ids: readonly number[], order: CloseOrder): void {
  for (const id of ids) {
    const ends = connections.get(id);
    if (ends === undefined) throw new Error(`no connection has id ${id}`);
    closeEnds(ends, order);
  }
}

function closeEnds(ends: Ends, order: CloseOrder): void {
  if (order === 'client-gone') {
    setRepair(open(ends, 'client'));
    closeEnd(ends, 'client');
    return;
  }
  if (order === 'reset' && ends.client !== undefined) setResetOnClose(ends.client);
  const first = order.startsWith('server') ? 'server' : 'client';
  const second = first === 'server' ? 'client' : 'server';
  closeEnd(ends, first);
  if (order === 'client-first' || order === 'server-first') awaitEndOfStream(open(ends, second));
  if (order === 'client-only' || order === 'server-only' || order === 'unanswered') return;
  closeEnd(ends, second);
}

function closeEnd(ends: Ends, side: keyof Ends): void {
  closeSocket(open(ends, side));
  ends[side] = undefined;
}

function open(ends: Ends, side: keyof Ends): number {
  const fd = ends[side];
  if (fd === undefined) throw new Error(`the ${side}'s end is closed already`);
  return fd;
}
