/** Whose the connections are: what ephtop says must be what `ss -p` says. */
import { beforeEach, expect, test } from 'vitest';
import { OwnerFinder } from '../../../src/source/owner-finder.ts';
import { ProcessFiles } from '../../../src/source/process-files.ts';
import { processRoot } from '../../../src/source/proc-root.ts';
import { systemClock } from '../../../src/source/clock.ts';
import { background } from '../../helpers/background.ts';
import { asNobody } from '../../helpers/fake-processes.ts';
import { type Namespace, openNamespace, requireNamespace } from '../../helpers/namespace.ts';
import { ownersBySs } from '../../helpers/ss-owners.ts';
import { ids, LOOPBACK, REMOTE_LIKE } from './scenario.ts';

beforeEach(requireNamespace);

/** Connects `count` times, as a process of that name (in printf's spelling), and then runs something else. */
const client = (name: string, { address, port } = LOOPBACK, count = 1, then = 'read') =>
  `bash -c 'printf "${name}" >/proc/$$/comm;
    for ((i = 0; i < ${count}; i++)); do exec {fd}<>/dev/tcp/${address}/${port}; done; ${then}'` +
  ' </dev/zero >/dev/null 2>&1';

async function established(namespace: Namespace): Promise<number> {
  const { stdout } = await namespace.run('ss', ['-HtanpO', 'state', 'established']);
  return stdout.split('\n').filter((line) => line.includes('users:')).length;
}

test('owners are those that ss sees, by either source', async () => {
  await using namespace = await openNamespace();
  await namespace.setSysctl('net.ipv4.ip_local_port_range', '40000 40099');
  await namespace.addAddress(REMOTE_LIKE.address);
  for (const destination of [LOOPBACK, REMOTE_LIKE]) await namespace.listen(destination);

  // Both ends of these are the agent's, and one of them is in TIME_WAIT.
  const { connections } = await namespace.connect({ destination: LOOPBACK, count: 9 });
  await namespace.close(ids(connections.slice(0, 1)), 'client-first');
  using running = new DisposableStack();
  const start = async (command: string) => running.use(await background(namespace, command));
  const many = await start(client('many', LOOPBACK, 12));
  const evil = await start(client('\\033[2Jevil', REMOTE_LIKE, 2));
  // bash and the two children that it started, with its sockets open in each.
  const shared = await start(client('parent', REMOTE_LIKE, 3, 'sleep 60 & sleep 60 & wait'));
  await expect.poll(() => established(namespace), { timeout: 10_000 }).toBe(8 * 2 + 12 + 2 + 3);

  const { stdout } = await namespace.run('ss', ['-HtanpO']);
  for (const source of ['netlink', 'procfs'] as const) {
    const { groups } = await namespace.sample(source);
    const of = (port: number, address: string) =>
      groups.find(
        ({ remotePort, remoteAddress }) => remotePort === port && remoteAddress === address,
      );
    expect(groups.map(({ owners }) => owners)).toEqual(
      groups.map((group) => ownersBySs(stdout, group)),
    );
    expect(of(8080, '127.0.0.1')?.owners).toMatchObject([
      { pid: many.pid, command: 'many', sockets: 12 },
      { sockets: 8 },
    ]);
    expect(of(8080, REMOTE_LIKE.address)?.owners).toEqual([
      { pid: shared.pid, command: 'parent', sockets: 3 },
      { pid: evil.pid, command: '\u001b[2Jevil', sockets: 2 },
    ]);
    expect(groups.map(({ unownedSockets }) => unownedSockets)).toEqual([0, 0]);
  }
});

test('processes that must not be looked at are counted', () => {
  const files = new ProcessFiles(processRoot('/proc'));
  const finder = new OwnerFinder(files, systemClock);
  // An inode that no socket has, so that everybody is looked at.
  asNobody(() => finder.find((visit) => visit(0xffff_ffff)));
  expect(finder.unseenProcesses).toBeGreaterThan(0);
  expect(finder.pidOf(0xffff_ffff)).toBe(0);
});
