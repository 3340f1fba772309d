/**
 * Runs one scenario of refused connections in a network and mount namespace that was made for it, and prints what
 * came of it as JSON: `node refusal-scenarios.ts NAME`.
 */
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import type { Refusal } from '../../../src/kernel/perf-ring.ts';
import { procRoot } from '../../../src/source/proc-root.ts';
import { RefusalNamespaces } from '../../../src/source/refusal-namespaces.ts';
import { type RefusalWatcher, watchRefusals } from '../../../src/source/refusal-watcher.ts';
import { bindSocket, connectSocket, openSocket } from '../../helpers/libc-sockets.ts';
import {
  CLOSED,
  ELSEWHERE,
  failure,
  fromOther,
  furnish,
  giveUpSoon,
  listen,
  LOOPBACK,
  MAPPED,
  OTHER_WAYS,
  refuse,
  run,
  SILENT,
  tryToConnect,
  UNREACHABLE,
  useUp,
  V4,
  V6,
} from './refusal-clients.ts';

const PROGRAM = process.argv[1] ?? '';

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
      tryToConnect(SILENT, giveUpSoon),
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
