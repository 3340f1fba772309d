import { spawn, spawnSync } from 'node:child_process';
import { existsSync, readlinkSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import type { TestContext } from 'vitest';
import { parseSs, type SsRow } from './ss-rows.ts';
import { asPromised, SNAPSHOT_SCHEMA } from './json-schema.ts';
import type { SnapshotDocument } from './snapshot-document.ts';
import type {
  ClientPlan,
  CloseOrder,
  ConnectOptions,
  ConnectResult,
  Endpoint,
  OperationName,
  Operations,
  Response,
  RunResult,
  SourceName,
  TimeWaitSocket,
  WatchedRun,
} from './namespace-protocol.ts';

/** Whether this process may make a network namespace, and why not. */
export type NamespaceSupport = { possible: true } | { possible: false; reason: string };

/** A network namespace of its own, with lo up; disposing it ends everything in it. */
export type Namespace = AsyncDisposable & {
  /** Writes a sysctl by its dotted name, such as `net.ipv4.tcp_tw_reuse`. */
  setSysctl(name: string, value: string): Promise<void>;
  /** A sysctl's value; null when this kernel has none of that name. */
  readSysctl(name: string): Promise<string | null>;
  /** Adds an address to lo. */
  addAddress(address: string): Promise<void>;
  /** Makes connects to a local destination leave from `source`, as a route does; no bind(). */
  setSource(destination: string, source: string): Promise<void>;
  /** Listens, and accepts whatever `connect` opens. The listener's id. */
  listen(endpoint: Endpoint): Promise<number>;
  /** Binds a socket that neither listens nor connects. Its id. */
  bind(endpoint: Endpoint, protocol: 'tcp' | 'udp'): Promise<number>;
  /** Closes a listener or a bound socket. */
  release(id: number): Promise<void>;
  /** Opens connections until `count`, or until the kernel refuses. */
  connect(options: ConnectOptions): Promise<ConnectResult>;
  /** Closes connections, and returns when no end is half-way to its last state. */
  close(ids: readonly number[], order: CloseOrder): Promise<void>;
  /** Every time-wait socket with the time it has left, from /proc/net/tcp. */
  timeWaits(): Promise<TimeWaitSocket[]>;
  /** Waits until every time-wait socket is at least `ageMs` old, by the kernel's own timers. */
  timeWaitsOlderThan(ageMs: number): Promise<void>;
  /** Leaves for a fresh namespace: no socket, no TIME_WAIT, every sysctl at its default. */
  renew(): Promise<void>;
  /** What {@link Namespace.snapshot} says, by the same code, without the start of a process. */
  sample(source: SourceName): Promise<SnapshotDocument>;
  /** The same as the live view says it, which remembers the looks before this one. */
  look(source: SourceName): Promise<SnapshotDocument>;
  /** Runs a client that follows the plan to its end, and looks at it the way the live view does. */
  forecasts(plan: ClientPlan): Promise<WatchedRun>;
  /** A process inside, which has the sockets. */
  pid(): Promise<number>;
  /** The command that starts another one inside, in front of it. */
  entry(): Promise<string[]>;
  /** Runs a command inside. */
  run(command: string, args: readonly string[]): Promise<RunResult>;
  /** The rows of `ss -tan`. */
  ss(): Promise<SsRow[]>;
  /** What `ephtop snapshot --format json` says inside. Throws when it fails. */
  snapshot(source: 'auto' | SourceName): Promise<SnapshotDocument>;
};

const TIME_WAIT_MS = 60_000;
const repositoryPath = (path: string) => fileURLToPath(new URL(`../../${path}`, import.meta.url));
const agentPath = fileURLToPath(new URL('./namespace-agent.ts', import.meta.url));
export const programPath = repositoryPath('dist/main.js');

/** The Node that the package brings: node:ffi needs 26, whatever Node runs the tests. */
export function nodePath(): string {
  const own = repositoryPath('node_modules/.bin/node');
  return existsSync(own) ? own : process.execPath;
}

const UNSHARE = 'unshare';

const UNSHARE_WAYS: readonly (readonly string[])[] =
  process.getuid?.() === 0 ? [['-n'], ['-Urn']] : [['-Urn']];

/** What a scenario cannot do without: lo up, a sysctl written, ss, and a Node with node:ffi. */
const PROBE = [
  'ip link set lo up',
  'echo 40000 40099 > /proc/sys/net/ipv4/ip_local_port_range',
  'ss -Htan > /dev/null',
  `exec "$0" --disable-warning=ExperimentalWarning -e 'process.getBuiltinModule("node:ffi") ?? process.exit("no node:ffi")'`,
].join(' && ');

type Probed = { possible: true; flags: readonly string[] } | { possible: false; reason: string };
let probed: Probed | undefined;

function probe(): Probed {
  const reasons: string[] = [];
  for (const flags of UNSHARE_WAYS) {
    const args = [...flags, 'sh', '-c', PROBE, nodePath()];
    const { status, stderr, error } = spawnSync(UNSHARE, args, { encoding: 'utf8' });
    if (status === 0) return { possible: true, flags };
    const why = error?.message ?? stderr.trim().split('\n')[0];
    reasons.push(`${UNSHARE} ${flags.join(' ')}: ${why || `exit ${status}`}`);
  }
  return { possible: false, reason: reasons.join('; ') };
}

/** Tries it, once: `unshare -n` as root, `unshare -Urn` otherwise. */
export function namespaceSupport(): NamespaceSupport {
  probed ??= probe();
  return probed.possible ? { possible: true } : { possible: false, reason: probed.reason };
}

/**
 * A `beforeEach` hook for tests that need a namespace. Without one they are skipped, and the report
 * says why; under CI there is no skipping: they fail.
 */
export function requireNamespace({ skip }: Pick<TestContext, 'skip'>): void {
  const support = namespaceSupport();
  if (support.possible) return;
  const message = `no network namespace: ${support.reason}`;
  if (process.env['CI'])
    throw new Error(`CI must run the tests against the kernel, but ${message}`);
  skip(message);
}

/**
 * Agents without a test. One serves many: a namespace is made in no time, and the start of a process and the
 * load of the program's code are not. They end with this process.
 */
const idle: Agent[] = [];

/** Makes a namespace. Throws when {@link namespaceSupport} says that it is not possible. */
export async function openNamespace(): Promise<Namespace> {
  probed ??= probe();
  if (!probed.possible) throw new Error(`no network namespace: ${probed.reason}`);
  const agent = idle.pop() ?? startAgent(probed.flags);
  const { call } = agent;
  const run = (command: string, args: readonly string[]) =>
    call('run', { command, args: [...args] });
  const timeWaits = () => call('timeWaits', null);
  return {
    setSysctl: async (name, value) => void (await call('setSysctl', { name, value })),
    readSysctl: (name) => call('readSysctl', { name }),
    addAddress: async (address) => void (await call('addAddress', { address })),
    setSource: async (destination, source) =>
      void (await call('setSource', { destination, source })),
    listen: (endpoint) => call('listen', endpoint),
    bind: (endpoint, protocol) => call('bind', { ...endpoint, protocol }),
    release: async (id) => void (await call('release', { id })),
    connect: (options) => call('connect', options),
    close: async (ids, order) => void (await call('close', { ids: [...ids], order })),
    timeWaits,
    timeWaitsOlderThan: (ageMs) => awaitAge(timeWaits, ageMs),
    renew: async () => void (await call('renew', null)),
    sample: (source) => call('sample', { source }),
    look: (source) => call('look', { source }),
    forecasts: (plan) => call('forecasts', plan),
    pid: () => agentPid(run),
    entry: async () => entryOf(await agentPid(run)),
    run,
    ss: async () => parseSs((await succeed(run, 'ss', ['-Htan'])).stdout),
    snapshot: (source) => takeSnapshot(run, source),
    [Symbol.asyncDispose]: () => putBack(agent),
  };
}

/** Ends what is in the agent's namespace, and keeps the agent for the next test; ends one that fails to. */
async function putBack(agent: Agent): Promise<void> {
  try {
    await agent.call('renew', null);
    idle.push(agent);
  } catch {
    await agent.end();
  }
}

type Run = Namespace['run'];

async function agentPid(run: Run): Promise<number> {
  return Number((await succeed(run, 'sh', ['-c', 'echo $PPID'])).stdout);
}

function entryOf(pid: number): string[] {
  const userNamespace = (of: string) => readlinkSync(`/proc/${of}/ns/user`);
  const isOwnUser = userNamespace(`${pid}`) === userNamespace('self');
  const asUser = isOwnUser ? [] : ['-U', '--preserve-credentials'];
  return ['nsenter', '-t', `${pid}`, '-n', ...asUser];
}

async function succeed(run: Run, command: string, args: readonly string[]): Promise<RunResult> {
  const result = await run(command, args);
  if (result.status === 0) return result;
  throw new Error(`${command} ${args.join(' ')}: exit ${result.status}: ${result.stderr}`);
}

async function takeSnapshot(run: Run, source: string): Promise<SnapshotDocument> {
  if (!existsSync(programPath)) throw new Error('dist/main.js is missing: npm run build');
  const args = [programPath, 'snapshot', '--format', 'json', '--source', source];
  const { stdout } = await succeed(run, nodePath(), args);
  return asPromised(SNAPSHOT_SCHEMA, JSON.parse(stdout) as SnapshotDocument);
}

async function awaitAge(timeWaits: () => Promise<TimeWaitSocket[]>, ageMs: number): Promise<void> {
  for (;;) {
    const youngestMs = Math.min(...(await timeWaits()).map(({ leftMs }) => TIME_WAIT_MS - leftMs));
    if (youngestMs >= ageMs) return;
    // As long as the timers say; one may be read a tick early.
    await delay(Math.max(1, ageMs - youngestMs));
  }
}

type Call = <Name extends OperationName>(
  operation: Name,
  argument: Operations[Name]['argument'],
) => Promise<Operations[Name]['answer']>;

type Agent = { call: Call; end: () => Promise<void> };

/** Where agents, and the programs that they run, keep compiled code. */
const COMPILE_CACHE = repositoryPath('node_modules/.cache/node');

/** The second: see vitest.config.ts. */
const AGENT_FLAGS = [
  '--disable-warning=ExperimentalWarning',
  '--external-memory-accounted-in-global-limit',
];

function startAgent(flags: readonly string[]): Agent {
  const args = [...flags, nodePath(), ...AGENT_FLAGS, agentPath];
  const env = { ...process.env, NODE_COMPILE_CACHE: COMPILE_CACHE };
  const agent = spawn(UNSHARE, args, {
    stdio: ['pipe', 'pipe', 'inherit'],
    env,
    // A session of its own has a share of the processor of its own (sched_autogroup). It ends with its stdin.
    detached: true,
  });
  const ended = new Promise<void>((resolve) => agent.once('close', () => resolve()));
  // Writing to an agent that died would throw here; the missing answer says it better.
  agent.stdin.on('error', () => undefined);
  const lines = createInterface({ input: agent.stdout })[Symbol.asyncIterator]();
  return {
    async call(operation, argument) {
      agent.stdin.write(`${JSON.stringify({ operation, argument })}\n`);
      const line = await lines.next();
      if (line.done === true) throw new Error(`the agent ended during ${operation}`);
      const response = JSON.parse(line.value) as Response;
      if (!response.ok) throw new Error(`${operation}: ${response.error}`);
      return response.answer as Operations[typeof operation]['answer'];
    },
    async end() {
      agent.stdin.end();
      await ended;
    },
  };
}
