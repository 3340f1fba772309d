/**
 * The process that lives inside the namespace: commands in, answers out, one JSON document a line.
 * It ends with its standard input, and the namespace with it.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { addLocalAddress } from './local-address.ts';
import { enterNewNetwork } from './libc-sockets.ts';
import { bind, close, closeEverything, connect, listen, release } from './socket-table.ts';
import type {
  OperationName,
  Operations,
  Request,
  Response,
  RunResult,
  TimeWaitSocket,
} from './namespace-protocol.ts';

type Handlers = {
  [Name in OperationName]: (
    argument: Operations[Name]['argument'],
  ) => Operations[Name]['answer'] | Promise<Operations[Name]['answer']>;
};

const ESTABLISHING_OR_CLOSING = new Set(['SYN_RECV', 'FIN_WAIT1', 'LAST_ACK', 'CLOSING']);
const STATE_NAMES = new Map([
  ['03', 'SYN_RECV'],
  ['04', 'FIN_WAIT1'],
  ['05', 'FIN_WAIT2'],
  ['06', 'TIME_WAIT'],
  ['09', 'LAST_ACK'],
  ['0B', 'CLOSING'],
]);

const handlers: Handlers = {
  setSysctl({ name, value }) {
    writeFileSync(sysctlPath(name), value);
    return null;
  },
  readSysctl({ name }) {
    const path = sysctlPath(name);
    return existsSync(path) ? readFileSync(path, 'utf8').trim() : null;
  },
  addAddress({ address }) {
    addLocalAddress(address);
    return null;
  },
  setSource({ destination, source }) {
    ip('route', 'replace', 'local', destination, 'dev', 'lo', 'src', source, 'table', 'local');
    return null;
  },
  listen,
  bind: ({ protocol, ...endpoint }) => bind(endpoint, protocol),
  release({ id }) {
    release(id);
    return null;
  },
  connect(options) {
    const result = connect(options);
    awaitSettled();
    return result;
  },
  close({ ids, order }) {
    close(ids, order);
    if (order !== 'unanswered') awaitSettled();
    return null;
  },
  timeWaits: () => procRows().flatMap(timeWaitOf),
  renew() {
    closeEverything();
    enterFreshNetwork();
    return null;
  },
  async look({ source }) {
    const { takeLook } = await import('./namespace-sample.ts');
    return takeLook(source);
  },
  async sample({ source }) {
    // Only here: the program's own code is no business of the other operations.
    const { takeSample } = await import('./namespace-sample.ts');
    return takeSample(source);
  },
  async forecasts(plan) {
    const { watchForecasts } = await import('./forecast-watch.ts');
    return watchForecasts(plan);
  },
  run: ({ command, args }) => run(command, args),
};

/** Buckets of the namespace's own table of connections. */
const CONNECTION_BUCKETS = '4096';
/** Sysctls whose default goes by the number of buckets, as they are with the table that all share. */
const DEFAULTS = ['net.ipv4.tcp_max_tw_buckets', 'net.ipv4.tcp_max_syn_backlog'].map(
  (name) => [sysctlPath(name), readFileSync(sysctlPath(name), 'utf8')] as const,
);

/**
 * Enters a network namespace with a table of connections for itself, where the kernel has that (Linux 6.2,
 * tcp_set_hashinfo in net/ipv4/tcp_ipv4.c). To read the one that all namespaces share takes milliseconds on a
 * large machine, whoever's sockets are in it.
 */
function enterFreshNetwork(): void {
  const childBuckets = sysctlPath('net.ipv4.tcp_child_ehash_entries');
  if (existsSync(childBuckets)) writeFileSync(childBuckets, CONNECTION_BUCKETS);
  enterNewNetwork();
  for (const [path, value] of DEFAULTS) writeFileSync(path, value);
  ip('link', 'set', 'lo', 'up');
}

function sysctlPath(name: string): string {
  return `/proc/sys/${name.replaceAll('.', '/')}`;
}

function run(command: string, args: readonly string[]): RunResult {
  const done = spawnSync(command, args, { encoding: 'utf8', maxBuffer: 1 << 28, timeout: 60_000 });
  if (done.error !== undefined) throw done.error;
  return { status: done.status, stdout: done.stdout, stderr: done.stderr };
}

function ip(...args: string[]): void {
  const { status, stderr } = run('ip', args);
  if (status !== 0) throw new Error(`ip ${args.join(' ')}: ${stderr.trim()}`);
}

type ProcRow = { state: string; timer: string };

function procRows(): ProcRow[] {
  return ['/proc/net/tcp', '/proc/net/tcp6'].flatMap((file) =>
    readFileSync(file, 'utf8')
      .split('\n')
      .slice(1)
      .filter(Boolean)
      .map((line) => line.trim().split(/\s+/))
      .map((columns) => ({
        state: STATE_NAMES.get(columns[3] ?? '') ?? '',
        timer: columns[5] ?? '',
      })),
  );
}

/** Timer 3 marks a time-wait socket; what follows is the time left, in hundredths of a second. */
function timeWaitOf({ state, timer }: ProcRow): TimeWaitSocket[] {
  const [kind, ticks = '0'] = timer.split(':');
  if (kind !== '03' || (state !== 'TIME_WAIT' && state !== 'FIN_WAIT2')) return [];
  return [{ state, leftMs: Number.parseInt(ticks, 16) * 10 }];
}

/** The last packets of a handshake may still be queued after the call that sent them has returned. */
function awaitSettled(): void {
  const deadline = performance.now() + 5000;
  const pause = new Int32Array(new SharedArrayBuffer(4));
  while (procRows().some(({ state }) => ESTABLISHING_OR_CLOSING.has(state))) {
    if (performance.now() > deadline) throw new Error('sockets are still half-way after 5 s');
    Atomics.wait(pause, 0, 0, 1);
  }
}

function handle<Name extends OperationName>(
  operation: Name,
  argument: Operations[Name]['argument'],
): Operations[Name]['answer'] | Promise<Operations[Name]['answer']> {
  return handlers[operation](argument);
}

async function respond(line: string): Promise<Response> {
  try {
    const { operation, argument } = JSON.parse(line) as Request;
    return { ok: true, answer: await handle(operation, argument) };
  } catch (error) {
    return { ok: false, error: error instanceof Error ? error.message : String(error) };
  }
}

enterFreshNetwork();
for await (const line of createInterface({ input: process.stdin })) {
  process.stdout.write(`${JSON.stringify(await respond(line))}\n`);
}
