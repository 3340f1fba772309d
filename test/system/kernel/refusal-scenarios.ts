/**
 * Runs one scenario of refused connections in a network and mount namespace that was made for it, and prints what
 * came of it as JSON: `node refusal-scenarios.ts NAME`.
 */
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dlopen } from 'node:ffi';
import { setTimeout as delay } from 'node:timers/promises';
import type { Refusal } from '../../../src/kernel/perf-ring.ts';
import { procRoot } from '../../../src/source/proc-root.ts';
import { RefusalNamespaces } from '../../../src/source/refusal-namespaces.ts';
import { type RefusalWatcher, watchRefusals } from '../../../src/source/refusal-watcher.ts';
import {
  bindSocket,
  closeSocket,
  connectSocket,
  listenSocket,
  openSocket,
  setBindAddressNoPort,
  SocketError,
} from '../../helpers/libc-sockets.ts';
import { encodeSocketAddress } from '../../helpers/socket-address.ts';
import type { Endpoint } from '../../helpers/namespace-protocol.ts';

const PROGRAM = process.argv[1] ?? '';
const V4 = { address: '10.9.9.1', port: 8080 };
const V6 = { address: 'fd00::1', port: 8080 };
const MAPPED = { address: '::ffff:10.9.9.1', port: 8080 };
const OTHER_SOURCE = '10.9.9.2';
const CLOSED = { address: '10.9.9.1', port: 9 };
const ELSEWHERE = { address: '10.9.9.7', port: 8080 };
const LOOPBACK = { address: '127.0.0.1', port: 8080 };
const UNREACHABLE = { address: '10.78.0.1', port: 80 };
const SILENT = { address: '10.77.0.2', port: 80 };

const { functions: libc } = dlopen(null, {
  socket: { return: 'i32', arguments: ['i32', 'i32', 'i32'] },
  connect: { return: 'i32', arguments: ['i32', 'pointer', 'u32'] },
  sendto: { return: 'i64', arguments: ['i32', 'pointer', 'u64', 'i32', 'pointer', 'u32'] },
  setsockopt: { return: 'i32', arguments: ['i32', 'i32', 'i32', 'pointer', 'u32'] },
});

/** A range of ten ports, and destinations of either family. */
function furnish(): void {
  writeFileSync('/proc/sys/net/ipv4/ip_local_port_range', '40000 40009');
  run('ip', 'link', 'set', 'lo', 'up');
  for (const address of [`${V4.address}/32`, `${OTHER_SOURCE}/32`, `${V6.address}/128`])
    run('ip', 'address', 'add', address, 'dev', 'lo', ...(address.includes(':') ? ['nodad'] : []));
  for (const destination of [V4, V6]) listen(destination);
}

function listen(destination: Endpoint): void {
  const listener = openSocket(destination.address);
  bindSocket(listener, destination);
  listenSocket(listener);
}

function run(command: string, ...args: string[]): void {
  const { status, stderr, error } = spawnSync(command, args, { encoding: 'utf8' });
  if (status !== 0) throw new Error(`${command} ${args.join(' ')}: ${error?.message ?? stderr}`);
}

/** The errno of a call; undefined: it went well. */
function failure(call: () => void): string | undefined {
  try {
    call();
    return undefined;
  } catch (error) {
    if (error instanceof SocketError) return error.code;
    throw error;
  }
}

/** connect() as a socket that is then closed again, unless it is connected. */
function tryToConnect(to: Endpoint, prepare: (fd: number) => void = () => {}): string | undefined {
  const fd = openSocket(to.address);
  const code = failure(() => {
    prepare(fd);
    connectSocket(fd, to);
  });
  if (code !== undefined) closeSocket(fd);
  return code;
}

const fromOther = (fd: number) => {
  setBindAddressNoPort(fd);
  bindSocket(fd, { address: OTHER_SOURCE, port: 0 });
};

/** Takes all ports towards a destination; the last attempt is a refusal. */
function useUp(to: Endpoint, prepare?: (fd: number) => void): void {
  for (;;) {
    const code = tryToConnect(to, prepare);
    if (code === 'EADDRNOTAVAIL') return;
    if (code !== undefined) throw new Error(`connect: ${code}`);
  }
}

function refuse(times: number, to: Endpoint = V4, prepare?: (fd: number) => void): void {
  for (let time = 0; time < times; time++) {
    const code = tryToConnect(to, prepare);
    if (code !== 'EADDRNOTAVAIL') throw new Error(`connect: ${code ?? 'a port was left'}`);
  }
}

function watch(): RefusalWatcher {
  const result = watchRefusals();
  if ('unseen' in result) throw new Error(result.unseen);
  return result.watcher;
}

/** Refusals of this machine's other namespaces are seen too, such as those of tests beside this one. */
const mine = (refusals: readonly Refusal[]) => refusals.filter(({ pid }) => pid === process.pid);

/** Without what differs from run to run. */
const ends = (refusals: readonly Refusal[]) =>
  mine(refusals).map(({ family, localAddress, remoteAddress, remotePort }) =>
    [family, localAddress, remoteAddress, remotePort].join(' '),
  );

const AF_INET = 2;
const SOCK_STREAM = 1;
const SOCK_NONBLOCK = 0o4000;
const MSG_FASTOPEN = 0x20000000;
const IPPROTO_MPTCP = 262;

/** Other ways to ask for a connection: each refused once. */
const OTHER_WAYS = {
  'non-blocking': () => rawConnect(libc.socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0)),
  MPTCP: () => rawConnect(libc.socket(AF_INET, SOCK_STREAM, IPPROTO_MPTCP)),
  'TCP Fast Open': () => {
    const address = encodeSocketAddress(V4);
    const fd = libc.socket(AF_INET, SOCK_STREAM, 0);
    const sent = libc.sendto(fd, Buffer.from('x'), 1n, MSG_FASTOPEN, address, address.length);
    closeSocket(fd);
    return Number(sent);
  },
};

function rawConnect(fd: number): number {
  const address = encodeSocketAddress(V4);
  const result = libc.connect(fd, address, address.length);
  closeSocket(fd);
  return result;
}

/** True while the first SYN of a connect() has no answer. */
const isConnecting = () => / 02 /.test(readFileSync('/proc/net/tcp', 'utf8'));

const scenarios = {
  /** Each way to be refused. */
  kinds() {
    furnish();
    const watcher = watch();
    const startNs = Number(process.hrtime.bigint());
    useUp(V4);
    refuse(4);
    const plain = watcher.read();
    useUp(V4, fromOther);
    refuse(2, V4, fromOther);
    const noPort = watcher.read();
    useUp(V6);
    refuse(1, V6);
    const ipv6 = watcher.read();
    refuse(2, MAPPED);
    const mapped = watcher.read();
    const others = Object.entries(OTHER_WAYS).map(([name, connect]) => {
      const result = connect();
      return { name, result, rows: ends(watcher.read().refusals) };
    });
    const times = mine(plain.refusals).map(({ timeNs }) => timeNs);
    const endNs = Number(process.hrtime.bigint());
    return {
      plain: ends(plain.refusals),
      noPort: ends(noPort.refusals),
      ipv6: ends(ipv6.refusals),
      mapped: ends(mapped.refusals),
      others,
      timesAreInOrder: [startNs, ...times, endNs].every(
        (time, at, all) => at === 0 || time > (all[at - 1] ?? 0),
      ),
    };
  },

  /** What is no shortage of ports. */
  async failuresOfOtherKinds() {
    furnish();
    // What comes out of lo again for an address that nobody has is dropped.
    run('ip', 'route', 'add', SILENT.address, 'dev', 'lo');
    run('ip', 'route', 'add', 'unreachable', UNREACHABLE.address);
    const watcher = watch();
    const connector = [PROGRAM, 'connectToSilence'];
    const child = spawn(process.execPath, connector, { stdio: 'ignore' });
    while (!isConnecting()) await delay(5);
    child.kill('SIGKILL');
    await once(child, 'close');
    const wasConnecting = !isConnecting();
    const codes = [
      tryToConnect(CLOSED),
      failure(() => bindSocket(openSocket(V4.address), V4)),
      tryToConnect(UNREACHABLE),
      tryToConnect(SILENT, (fd) => {
        const ofSocket = 1;
        const sendTimeout = 21;
        const hundredMs = new BigInt64Array([0n, 100_000n]);
        libc.setsockopt(fd, ofSocket, sendTimeout, hundredMs, hundredMs.byteLength);
      }),
    ];
    const { refusals, lost } = watcher.read();
    const rows = refusals.filter(({ pid }) => pid === process.pid || pid === child.pid).length;
    // That it would have seen a refusal.
    useUp(V4);
    return { codes, wasConnecting, rows, lost, control: mine(watcher.read().refusals).length };
  },

  connectToSilence: () => tryToConnect(SILENT),

  /** A socket that has had a port keeps its number, and is not seen. */
  socketUsedAgain() {
    furnish();
    const watcher = watch();
    useUp(V4);
    watcher.read();
    const fd = openSocket(V4.address);
    const codes = [CLOSED, V4].map((to) => failure(() => connectSocket(fd, to)));
    return { codes, rows: ends(watcher.read().refusals) };
  },

  async otherNamespace() {
    furnish();
    const watcher = watch();
    useUp(V4);
    const script = [process.execPath, '--disable-warning=ExperimentalWarning', PROGRAM];
    const child = spawn('unshare', ['-n', ...script, 'refusedElsewhere'], {
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    await once(child.stdout, 'data');
    const pids: readonly unknown[] = [process.pid, child.pid];
    const refusals = watcher.read().refusals.filter(({ pid }) => pids.includes(pid));
    const attribute = (namespaces: RefusalNamespaces) => {
      const { own, unattributed, elsewhere } = namespaces.ownNamespaceOnly(refusals);
      return {
        own: mine(own).length,
        notOwn: own.length - mine(own).length,
        unattributed: unattributed.length,
        elsewhere,
      };
    };
    const namespaces = new RefusalNamespaces(procRoot());
    const alive = attribute(namespaces);
    child.stdin.end();
    await once(child, 'close');
    return {
      seen: refusals.length,
      alive,
      remembered: attribute(namespaces),
      neverSeenAlive: attribute(new RefusalNamespaces(procRoot())),
    };
  },

  /** Makes six refusals, two of them to loopback, and lives until its input ends. */
  refusedElsewhere() {
    furnish();
    run('ip', 'address', 'add', `${ELSEWHERE.address}/32`, 'dev', 'lo');
    for (const [destination, times] of [
      [ELSEWHERE, 4],
      [LOOPBACK, 2],
    ] as const) {
      listen(destination);
      useUp(destination);
      refuse(times - 1, destination);
    }
    process.stdin.resume();
    return 'refused';
  },

  overflow() {
    furnish();
    const watcher = watch();
    useUp(V4);
    watcher.read();
    refuse(3000);
    const first = watcher.read();
    const second = watcher.read();
    refuse(10);
    const third = watcher.read();
    return [first, second, third].map(({ refusals, lost }) => ({
      seen: mine(refusals).length,
      others: refusals.length - mine(refusals).length,
      lost,
    }));
  },

  openAndClose() {
    watch().close();
    const before = { fds: fds(), rings: rings() };
    for (let time = 0; time < 200; time++) watch().close();
    const after = { fds: fds(), rings: rings() };
    const watcher = watch();
    const open = rings();
    watcher.close();
    watcher.close();
    return { before, after, open, afterwards: watcher.read() };
  },

  cost() {
    furnish();
    const openMs = milliseconds(() => watch().close());
    const watcher = watch();
    useUp(V4);
    const rounds = Array.from({ length: 8 }, () => {
      refuse(250);
      let rows = 0;
      const cpuMs = milliseconds(() => (rows = mine(watcher.read().refusals).length));
      return { rows, cpuMs };
    });
    for (let time = 0; time < 2000; time++) watcher.read();
    const idleMs = milliseconds(() => {
      for (let time = 0; time < 10_000; time++) watcher.read();
    });
    return { openMs, rounds, idleUs: idleMs / 10 };
  },

  asNobody() {
    process.seteuid?.(65_534);
    return watchRefusals();
  },

  asRootOfUserNamespace() {
    const args = ['-Ur', process.execPath, PROGRAM, 'simply'];
    return JSON.parse(spawnSync('unshare', args, { encoding: 'utf8' }).stdout) as unknown;
  },

  simply: () => watchRefusals(),
};

/** CPU time of this process. */
function milliseconds(work: () => void): number {
  const before = process.cpuUsage();
  work();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000;
}

const fds = () => readdirSync('/proc/self/fd').length;
const rings = () => readFileSync('/proc/self/maps', 'utf8').split('perf_event').length - 1;

const scenario = scenarios[process.argv[2] as keyof typeof scenarios];
process.stdout.write(`${JSON.stringify(await scenario())}\n`);
