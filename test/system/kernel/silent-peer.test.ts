/** A peer that stops answering: what holds the ports then, and what tcp_orphan_retries does about it. */
import { beforeEach, expect, test } from 'vitest';
import { type Namespace, openNamespace, requireNamespace } from '../../helpers/namespace.ts';
import { ids, REMOTE_LIKE } from './scenario.ts';

beforeEach(requireNamespace);

const CLOSED = 60;

/** From now on whatever goes to the peer is lost: its link ends at a machine that is not there. */
const SILENCE = [
  'ip link add v0 type veth peer name v1',
  'ip link set v0 up',
  'ip link set v1 up',
  'ip neigh add 10.9.9.99 lladdr 02:00:00:00:00:99 dev v0',
  'ip route add default via 10.9.9.99 dev v0 onlink table 100',
  'ip rule add pref 10 lookup local',
  'ip rule del pref 0',
  `ip rule add pref 5 to ${REMOTE_LIKE.address} ipproto tcp dport ${REMOTE_LIKE.port} lookup 100`,
].join(' && ');

async function inside(namespace: Namespace, command: string): Promise<void> {
  const path = `PATH=${process.env['PATH'] ?? ''}:/usr/sbin:/sbin`;
  const { status, stderr } = await namespace.run('env', [path, 'sh', '-c', command]);
  if (status !== 0) throw new Error(`${command}: ${stderr}`);
}

/** Connections that their process has closed, to a peer that does not say that it has heard of it. */
async function build(namespace: Namespace): Promise<void> {
  await namespace.setSysctl('net.ipv4.ip_local_port_range', '40000 40099');
  await namespace.addAddress(REMOTE_LIKE.address);
  await namespace.listen(REMOTE_LIKE);
  const { connections } = await namespace.connect({ destination: REMOTE_LIKE, count: CLOSED + 10 });
  await inside(namespace, SILENCE);
  await namespace.close(ids(connections.slice(0, CLOSED)), 'unanswered');
}

/** Those that still wait for the answer. */
async function waiting(namespace: Namespace): Promise<number> {
  const { groups } = await namespace.sample('netlink');
  return groups.reduce((sum, { byState }) => sum + (byState['FIN_WAIT1'] ?? 0), 0);
}

test(
  'the suggestion ends within 20 s what would take more than 100',
  { timeout: 120_000 },
  async () => {
    await using mended = await openNamespace();
    await using left = await openNamespace();
    await build(left);
    await build(mended);
    const { advice, groups } = await mended.sample('netlink');
    expect(groups[0]).toMatchObject({ used: CLOSED + 10, byState: { FIN_WAIT1: CLOSED } });
    const [first] = advice;
    expect(first).toMatchObject({
      id: 'peer-does-not-acknowledge',
      commands: ['sysctl -w net.ipv4.tcp_orphan_retries=5'],
    });
    for (const command of first?.commands ?? []) await inside(mended, command);
    await expect.poll(() => waiting(mended), { timeout: 60_000, interval: 500 }).toBe(0);
    expect(await waiting(left)).toBe(CLOSED);
    const [group] = (await mended.sample('netlink')).groups;
    expect(group).toMatchObject({ used: 10 });
  },
);
