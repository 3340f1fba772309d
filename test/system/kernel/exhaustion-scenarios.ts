/**
 * The built program beside a client that runs out of ports, in namespaces made for them: what the program said, and
 * what the kernel did. Takes a plan as JSON; says the run as JSON, on standard output or in a file.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import {
  acceptSocket,
  awaitEndOfStream,
  bindSocket,
  closeSocket,
  connectSocket,
  listenSocket,
  openSocket,
  setLocalPortRange,
  SocketError,
} from '../../helpers/libc-sockets.ts';
import { run } from './refusal-clients.ts';
import type { ExhaustionPlan, ExhaustionRun } from './exhaustion-plan.ts';

const PROGRAM = fileURLToPath(new URL('../../../dist/main.js', import.meta.url));
/** Another one for each run: nothing but the address tells whose the refusals of a client are that has just ended. */
const DESTINATION = { address: `10.9.${[250, 1].map(addressByte).join('.')}`, port: 8080 };
const LOWEST_PORT = 40_000;
const INTERVAL = '500ms';
/** How long a suggestion waits for somebody to follow it, after the first refusal. */
const FOLLOWED_AFTER_MS = 1500;

const plan = JSON.parse(process.argv[2] ?? '') as ExhaustionPlan;

const ports = Array.from({ length: plan.ports }, (_, index) => LOWEST_PORT + index);
const rangeOf = (of: readonly number[]) => [of[0], of.at(-1)];

/** 1 to 250, by the process id over a unit. */
function addressByte(unit: number): number {
  return 1 + (Math.floor(process.pid / unit) % 250);
}

function furnish(): number {
  writeFileSync('/proc/sys/net/ipv4/ip_local_port_range', rangeOf(ports).join(' '));
  run('ip', 'link', 'set', 'lo', 'up');
  run('ip', 'address', 'add', `${DESTINATION.address}/32`, 'dev', 'lo');
  const listener = openSocket(DESTINATION.address);
  bindSocket(listener, DESTINATION);
  listenSocket(listener);
  if (plan.taken === 'reserved')
    writeFileSync('/proc/sys/net/ipv4/ip_local_reserved_ports', rangeOf(ports).join('-'));
  if (plan.taken === 'bound')
    for (const port of ports)
      bindSocket(openSocket(DESTINATION.address), { address: '0.0.0.0', port });
  return listener;
}

/** One connection that the client closes first, which leaves TIME_WAIT there. False: the kernel refuses it. */
function connectOnce(listener: number): boolean {
  const client = openSocket(DESTINATION.address);
  try {
    if (plan.slicePorts !== undefined)
      setLocalPortRange(client, LOWEST_PORT, LOWEST_PORT + plan.slicePorts - 1);
    connectSocket(client, DESTINATION);
  } catch (error) {
    closeSocket(client);
    if (error instanceof SocketError && error.code === 'EADDRNOTAVAIL') return false;
    throw error;
  }
  const server = acceptSocket(listener);
  closeSocket(client);
  awaitEndOfStream(server);
  closeSocket(server);
  return true;
}

const result: ExhaustionRun = {
  pid: process.pid,
  address: DESTINATION.address,
  command: readFileSync('/proc/self/comm', 'utf8').trim(),
  made: [],
  refused: [],
  documents: [],
  tables: '',
  followedMs: null,
};

/** A client that was held up for longer does not make up for it: all at once it would be refused for that alone. */
const CAUGHT_UP_MS = 250;

/** Connects at the pace of the plan, until it is over. */
async function connectAlong(listener: number, isOver: () => boolean): Promise<void> {
  let startMs = Date.now();
  for (let number = 0; ; number++) {
    const lateMs = Date.now() - startMs - (number * 1000) / plan.perSecond;
    startMs += Math.max(0, lateMs - CAUGHT_UP_MS);
    await delay(Math.max(0, -lateMs));
    if (isOver()) return;
    const made = connectOnce(listener);
    (made ? result.made : result.refused).push(Date.now());
    followTheAdvice();
  }
}

/** Runs the commands of the first suggestion that has some, as they stand. */
function followTheAdvice(): void {
  const [firstMs = Infinity] = result.refused;
  if (!plan.follows || result.followedMs !== null || Date.now() < firstMs + FOLLOWED_AFTER_MS)
    return;
  const { advice } = JSON.parse(result.documents.at(-1) ?? '{}') as {
    advice: { id: string; commands: string[] }[];
  };
  const chosen = advice.find(({ id }) => id === plan.follows);
  if (chosen === undefined) throw new Error(`no ${plan.follows}: ${JSON.stringify(advice)}`);
  for (const command of chosen.commands) run('sh', '-c', command);
  result.followedMs = Date.now();
}

const programs: ChildProcess[] = [];

/** Starts the program as the user of the plan. */
function start(args: readonly string[], stdio: 'inherit' | 'pipe'): ChildProcess {
  const nobody = ['--reuid', '65534', '--regid', '65534', '--clear-groups'];
  const as = plan.asNobody === true ? ['setpriv', ...nobody] : [];
  const [file = '', ...rest] = [...as, process.execPath, PROGRAM, ...args];
  // A Node that was given the terminal would, at its end, take raw mode from the view.
  const isBesideView = plan.liveResultFile !== undefined && stdio === 'pipe';
  const other = isBesideView ? 'ignore' : 'inherit';
  const program = spawn(file, rest, { stdio: [other, stdio, other], cwd: plan.directory });
  programs.push(program);
  return program;
}

function snapshot(format: 'json' | 'table'): ChildProcess {
  const pace = ['--count', String(plan.looks), '--interval', INTERVAL];
  return start(['snapshot', '--format', format, ...pace, ...(plan.args ?? [])], 'pipe');
}

const ended = async (program: ChildProcess) => {
  if (program.exitCode === null) await once(program, 'close');
  if (program.exitCode !== 0) throw new Error(`the program ended with ${program.exitCode}`);
};

async function main(): Promise<void> {
  const listener = furnish();
  const json = snapshot('json');
  const lines = createInterface({ input: json.stdout ?? process.stdin });
  lines.on('line', (line) => result.documents.push(line));
  const table = snapshot('table');
  table.stdout?.on('data', (text: Buffer) => (result.tables += text.toString()));
  const areWatching = [once(lines, 'line'), once(table.stdout ?? process.stdin, 'data')];
  const { liveResultFile } = plan;
  const view =
    liveResultFile === undefined ? undefined : start(['--interval', INTERVAL], 'inherit');
  const recorders = (plan.recorders ?? []).map((args) => start(['record', ...args], 'pipe'));
  await Promise.all(areWatching);
  let isOver = false;
  const others = programs.filter((program) => !recorders.includes(program));
  const allEnded = Promise.all(others.map(ended)).finally(() => (isOver = true));
  await Promise.all([allEnded, connectAlong(listener, () => isOver)]);
  for (const recorder of recorders) recorder.kill('SIGINT');
  await Promise.all(recorders.map(ended));
  const text = JSON.stringify(result);
  if (view === undefined || liveResultFile === undefined) process.stdout.write(text);
  else writeFileSync(liveResultFile, text);
}

await main();
