/** Other network namespaces, from this one: the numbers must be exactly what connect() gives there. */
import { execFile, spawn } from 'node:child_process';
import { readFileSync, readlinkSync } from 'node:fs';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, onTestFinished, test } from 'vitest';
import { asPromised, NAMESPACES_SCHEMA } from '../../helpers/json-schema.ts';
import {
  type Namespace,
  nodePath,
  openNamespace,
  programPath,
  requireNamespace,
} from '../../helpers/namespace.ts';
import { processTree } from '../../helpers/process-tree.ts';
import type { RoundLine } from '../../helpers/rounds-process.ts';
import type { SnapshotDocument } from '../../helpers/snapshot-document.ts';
import { ids, LOOPBACK } from './scenario.ts';

beforeEach(requireNamespace);
beforeEach(({ skip }) => {
  if (process.getuid?.() !== 0)
    skip('only root may enter the network namespace of another process');
});

const ROUNDS = fileURLToPath(new URL('../../helpers/rounds-process.ts', import.meta.url));
const RANGE = { low: 40_000, high: 40_099, size: 100 };
/** Live connections and TIME_WAIT of the one group. */
const LIVE = 40;
const CLOSED = 23;

const run = promisify(execFile);

/** Runs a command that may fail. */
async function outcome(command: string, args: readonly string[]) {
  try {
    return { status: 0, ...(await run(command, args)) };
  } catch (error) {
    const { code, stdout, stderr } = error as { code: number; stdout: string; stderr: string };
    return { status: code, stdout, stderr };
  }
}

const ephtop = (...args: string[]) => outcome(nodePath(), [programPath, ...args]);

let namespace: Namespace;
let pid: number;
let network: string;

beforeEach(async () => {
  namespace = await openNamespace();
  pid = await namespace.pid();
  network = readlinkSync(`/proc/${pid}/ns/net`).replace(/[[\]]/g, '');
  await namespace.setSysctl('net.ipv4.ip_local_port_range', `${RANGE.low} ${RANGE.high}`);
  // So that TIME_WAIT holds its port, however old.
  await namespace.setSysctl('net.ipv4.tcp_tw_reuse', '0');
  await namespace.listen(LOOPBACK);
  const { connections } = await namespace.connect({ destination: LOOPBACK, count: LIVE + CLOSED });
  await namespace.close(ids(connections).slice(LIVE), 'client-first');
});
afterEach(() => namespace[Symbol.asyncDispose]());

/** How many connections the kernel still gives. */
async function opened(): Promise<number> {
  const { connections, stop } = await namespace.connect({ destination: LOOPBACK });
  expect(stop).toMatchObject({ exhausted: true });
  return connections.length;
}

/** In a mount namespace with a /run/netns of its own, where `ip netns` calls the namespace "blue". */
const named = (...args: string[]) => [
  '-m',
  'sh',
  '-c',
  'mount --make-rprivate / && mount -t tmpfs tmpfs /run && ip netns attach blue "$0" && ip netns add green && exec "$@"',
  String(pid),
  nodePath(),
  programPath,
  ...args,
];

describe('one namespace', () => {
  test.each<[string, () => Promise<{ status: number; stdout: string; stderr: string }>, string]>([
    ['--pid', () => ephtop('snapshot', '--format', 'json', '--pid', `${pid}`), 'node'],
    [
      '--pid, by procfs',
      () => ephtop('snapshot', '--format', 'json', '--source', 'procfs', '--pid', `${pid}`),
      'node',
    ],
    [
      '--netns with a path',
      () => ephtop('snapshot', '--format', 'json', '--netns', `/proc/${pid}/ns/net`),
      'node',
    ],
    [
      '--netns with a name',
      () => outcome('unshare', named('snapshot', '--format', 'json', '--netns', 'blue')),
      'blue',
    ],
  ])('%s gives the very number of connections that connect() does', async (_, look, name) => {
    const { status, stdout, stderr } = await look();
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    const document = JSON.parse(stdout) as SnapshotDocument;
    expect(document.place).toMatchObject({ kind: 'namespace', id: network });
    expect(document.place.name.startsWith(name)).toBe(true);
    expect(document.portSpace).toMatchObject(RANGE);
    const [group] = document.groups;
    expect(group).toMatchObject({ used: LIVE + CLOSED, uncertain: null });
    expect(group?.owners).toMatchObject([{ pid, sockets: LIVE }]);
    expect(await opened()).toBe(group?.free);
  });

  test('an ordinary user sees its sockets from outside, and is told that the range is assumed', async () => {
    const args = [nodePath(), programPath, 'snapshot', '--format', 'json', '--pid', `${pid}`];
    const asNobody = ['--reuid', '65534', '--regid', '65534', '--clear-groups'];
    const { status, stdout, stderr } = await outcome('setpriv', [...asNobody, ...args]);
    expect(status).toBe(0);
    expect(stderr).toContain('can be read only from within it: run ephtop as root');
    const document = JSON.parse(stdout) as SnapshotDocument;
    expect(document.place.kind).toBe('namespace');
    expect(document.portSpace).toMatchObject({ low: 32_768, high: 60_999 });
    expect(document.byState).toMatchObject({ ESTABLISHED: 2 * LIVE, TIME_WAIT: CLOSED });
    expect(document.groups[0]).toMatchObject({ used: LIVE + CLOSED, freeAtLeast: 0 });
    expect(document.groups[0]?.uncertain).toContain('the default 32768 60999 is assumed');
  });

  test('the commands that advise prints are run from outside, and do what they promise in it alone', async () => {
    const own = () => readFileSync('/proc/sys/net/ipv4/ip_local_port_range', 'utf8');
    const before = own();
    const advised = await ephtop('advise', '--format', 'json', '--pid', `${pid}`);
    const { advice } = JSON.parse(advised.stdout) as Pick<SnapshotDocument, 'advice'>;
    const widen = advice.find(({ id }) => id === 'widen-port-range');
    for (const command of widen?.commands ?? []) {
      expect(command).toMatch(/^nsenter --net=\/proc\/\d+\/ns\/net sysctl -w /);
      await run('sh', ['-c', command]);
    }
    expect(own()).toBe(before);
    const after = await ephtop('snapshot', '--format', 'json', '--pid', `${pid}`);
    const { groups, portSpace } = JSON.parse(after.stdout) as SnapshotDocument;
    expect(portSpace).toMatchObject({ low: 1024, high: 65_535 });
    expect(groups[0]?.headroomPercent).toBeCloseTo(widen?.effect.headroomAfter ?? 0, 0);
  });

  test('the commands for a name that no command can have as it is enter it by one of its processes', async () => {
    const attached =
      'mount --make-rprivate / && mount -t tmpfs tmpfs /run && ip netns attach "a b" "$0" && exec "$@"';
    const args = ['advise', '--format', 'json', '--netns', 'a b'];
    const { stdout } = await run('unshare', [
      '-m',
      'sh',
      '-c',
      attached,
      String(pid),
      nodePath(),
      programPath,
      ...args,
    ]);
    const { advice } = JSON.parse(stdout) as Pick<SnapshotDocument, 'advice'>;
    const commands = advice.flatMap((each) => each.commands).filter((each) => /sysctl/.test(each));
    expect(commands.length).toBeGreaterThan(0);
    for (const command of commands) expect(command).toMatch(/^nsenter --net=\/proc\/\d+\/ns\/net /);
  });

  test('check and advise look into it as well, and its own process may be asked for from within', async () => {
    const checked = await ephtop('check', '--pid', `${pid}`);
    expect(checked.stdout).toMatch(/^EPHTOP \w+: .*63\.0% used/);
    expect((await ephtop('advise', '--pid', `${pid}`)).stdout).toContain('40000 40099');
    const args = [programPath, 'snapshot', '--format', 'json', '--pid', `${pid}`];
    const inside = await namespace.run(nodePath(), args);
    expect(JSON.parse(inside.stdout)).toMatchObject({ place: { kind: 'namespace', id: network } });
  });

  test.each([
    [['--netns', '/etc/passwd'], '/etc/passwd is not a network namespace.'],
    [['--netns', '/proc/self/ns/pid'], '/proc/self/ns/pid is not a network namespace.'],
    [['--netns', '/etc'], '/etc is not a network namespace.'],
  ])('%j is refused in one sentence', async (args, sentence) => {
    const said = await ephtop('snapshot', ...args);
    expect(said).toMatchObject({ status: 2, stdout: '', stderr: `ephtop: ${sentence}\n` });
    expect((await ephtop('check', ...args)).status).toBe(3);
  });
});

/** A process in namespaces of its own, like a container; it goes with the test. */
async function container(...command: string[]): Promise<{ pid: number; end: () => Promise<void> }> {
  const child = spawn('unshare', ['-pmnu', '--fork', '--kill-child', 'sh', '-c', ...command], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const end = async () => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    child.kill('SIGKILL');
    await once(child, 'close');
  };
  onTestFinished(end);
  await once(child.stdout, 'data');
  const inside = processTree(child.pid ?? 0).children[0]?.pid ?? 0;
  return { pid: inside, end };
}

test('a container goes by its host name', async () => {
  const { pid: inside } = await container('hostname web-7; echo ready; exec sleep 60');
  const { stdout } = await ephtop('snapshot', '--format', 'json', '--pid', `${inside}`);
  const { place, host } = JSON.parse(stdout) as SnapshotDocument;
  expect(place.name).toBe('web-7');
  expect(host.hostname).not.toBe('web-7');
});

test('one that has gone for everybody else is not shown as a healthy one by the process that holds it', async () => {
  const { pid: inside, end } = await container('echo ready; exec sleep 60');
  const watching = ephtop('snapshot', '--count', '200', '--pid', `${inside}`);
  await delay(1500);
  await end();
  const { status, stdout, stderr } = await watching;
  expect(status).toBe(2);
  expect(stdout).toContain('every port is free');
  expect(stderr).toMatch(
    /^ephtop: the network namespace of \/proc\/\d+\/ns\/net has gone: it has neither a process nor a name any more\.\n$/,
  );
});

test('a process that hidepid hides is not said not to be there', async () => {
  const hidden = [
    'mount --make-rprivate / && mount -t proc -o hidepid=2 proc /proc',
    'exec setpriv --reuid 65534 --regid 65534 --clear-groups "$0" "$@"',
  ].join(' && ');
  const args = ['-m', 'sh', '-c', hidden, nodePath(), programPath, 'snapshot', '--pid', '1'];
  const { status, stderr } = await outcome('unshare', args);
  expect({ status, stderr }).toEqual({
    status: 2,
    stderr:
      'ephtop: there is no process 1 (--pid), or it is hidden from this user (/proc is mounted with hidepid): run ephtop as root.\n',
  });
});

test('one that only a name holds is not said to be without procfs to a user who may not enter it', async () => {
  const asNobody = [
    'mount --make-rprivate / && mount -t tmpfs tmpfs /run && ip netns add green',
    'exec setpriv --reuid 65534 --regid 65534 --clear-groups "$0" "$@"',
  ].join(' && ');
  const args = ['-m', 'sh', '-c', asNobody, nodePath(), programPath, 'namespaces'];
  const { stderr } = await outcome('unshare', args);
  expect(stderr).toContain(
    'ephtop: green: no process shows it, and this user may not enter it: run ephtop as root.\n',
  );
});

describe('all namespaces', () => {
  test('namespaces lists them by name, with the numbers of each', async () => {
    await container('hostname web-8; echo ready; exec sleep 60');
    const { status, stdout, stderr } = await outcome(
      'unshare',
      named('namespaces', '--format', 'json'),
    );
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    const document = asPromised(NAMESPACES_SCHEMA, JSON.parse(stdout)) as {
      namespaces: { place: { name: string; id: string; kind: string } }[];
    };
    const byName = new Map(document.namespaces.map((each) => [each.place.name, each]));
    expect(byName.get('blue')).toMatchObject({
      place: { id: network, kind: 'namespace' },
      mountPath: '/run/netns/blue',
      connections: LIVE + CLOSED,
      portSpace: { ...RANGE, assumed: false },
      worst: { used: LIVE + CLOSED, free: 100 - LIVE - CLOSED },
    });
    expect(byName.get('green')).toMatchObject({
      processes: 0,
      pid: null,
      connections: 0,
      worst: null,
    });
    expect(byName.get('web-8')).toMatchObject({ connections: 0 });
    expect(document.namespaces.filter(({ place }) => place.kind === 'here')).toHaveLength(1);
  });

  test('snapshot has a document of each, exact', async () => {
    const { stdout } = await ephtop('snapshot', '--all-namespaces', '--format', 'json');
    const documents = stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as SnapshotDocument);
    const found = documents.filter(({ place }) => place.id === network);
    expect(found).toMatchObject([{ portSpace: RANGE }]);
    expect(await opened()).toBe(found[0]?.groups[0]?.free);
  });

  test('the round follows one that comes, fills up, and goes; and names the owners', async () => {
    const rounds = spawn(nodePath(), ['--disable-warning=ExperimentalWarning', ROUNDS], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    onTestFinished(() => void rounds.kill('SIGKILL'));
    const lines = createInterface({ input: rounds.stdout })[Symbol.asyncIterator]();
    const seen = async <Found>(find: (line: RoundLine) => Found | undefined): Promise<Found> => {
      for (;;) {
        const { value, done } = await lines.next();
        if (done === true) throw new Error('the rounds have ended');
        const found = find(JSON.parse(value) as RoundLine);
        if (found !== undefined) return found;
      }
    };
    const ours = (line: RoundLine) => line.samples.find(({ id }) => id === network);
    expect(await seen(ours)).toMatchObject({ used: LIVE + CLOSED, owners: ['node-MainThread'] });

    const { pid: inside, end } = await container('hostname web-9; echo ready; exec sleep 60');
    const other = readlinkSync(`/proc/${inside}/ns/net`).replace(/[[\]]/g, '');
    const came = await seen(({ samples }) => samples.find(({ id }) => id === other));
    expect(came).toMatchObject({ name: 'web-9', used: 0 });
    await end();
    expect(await seen(({ gone }) => gone.find((id) => id === other))).toBe(other);

    // A place that is more than half full is read in every round.
    await opened();
    expect(await seen((line) => (ours(line)?.free === 0 ? ours(line) : undefined))).toBeDefined();
  });
});
