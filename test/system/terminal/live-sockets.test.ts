/** The live view in a network namespace with real connections: what it shows is what ss says. */
import { afterEach, beforeEach, expect, test } from 'vitest';
import { LAUNCHER } from '../../helpers/live-view.ts';
import {
  type Namespace,
  nodePath,
  openNamespace,
  requireNamespace,
} from '../../helpers/namespace.ts';
import { countStates, rowsOfGroup } from '../../helpers/ss-rows.ts';
import { closeTerminals, openTerminal, type Terminal } from '../../helpers/terminal.ts';
import type { Endpoint } from '../../helpers/namespace-protocol.ts';
import { ids, LOOPBACK, LOOPBACK6, OTHER } from '../kernel/scenario.ts';

beforeEach(requireNamespace);
afterEach(closeTerminals);

/** Starts the built program in the namespace, in a terminal of 120x30. */
async function startInside(namespace: Namespace, ...args: string[]): Promise<Terminal> {
  const [nsenter = '', ...enter] = await namespace.entry();
  const command = [...enter, nodePath(), LAUNCHER, ...args];
  return openTerminal(nsenter, command, { columns: 120, rows: 30 });
}

/** The row of a group with as many live connections and TIME_WAIT as ss counts now. */
async function figuresBySs(namespace: Namespace, destination: Endpoint): Promise<RegExp> {
  const rows = rowsOfGroup(await namespace.ss(), destination.address, destination);
  const { TIME_WAIT: timeWait = 0, ESTABLISHED: live = 0 } = countStates(rows);
  const host = destination.address.includes(':') ? `[${destination.address}]` : destination.address;
  const label = `${destination.address} → ${host}:${destination.port}`.replaceAll(
    /[.[\]]/g,
    '\\$&',
  );
  return new RegExp(`^▸?[ △▲]* ${label} .* ${live} +${timeWait} +[\\d.]+ `, 'm');
}

test('the rows say what ss says, read by netlink and by procfs', async () => {
  await using namespace = await openNamespace();
  await namespace.setSysctl('net.ipv4.ip_local_port_range', '40000 40099');
  for (const destination of [LOOPBACK, LOOPBACK6, OTHER]) await namespace.listen(destination);
  const opened = await namespace.connect({ destination: LOOPBACK, count: 80 });
  const six = await namespace.connect({ destination: LOOPBACK6, count: 7 });
  const other = await namespace.connect({ destination: OTHER, count: 5 });

  const views = await Promise.all(
    ['netlink', 'procfs'].map(async (source) => {
      const terminal = await startInside(namespace, '--source', source);
      await terminal.waitFor(` ${source} 250ms`);
      return terminal;
    }),
  );
  const all = (expected: RegExp | ((screen: string) => boolean)) =>
    Promise.all(views.map((terminal) => terminal.waitFor(expected)));
  const allAsSs = async (...destinations: Endpoint[]) => {
    for (const destination of destinations) await all(await figuresBySs(namespace, destination));
  };
  await allAsSs(LOOPBACK, LOOPBACK6, OTHER);
  await all(/^▸△ 127\.0\.0\.1 → 127\.0\.0\.1:8080 .* 20\.0% +80 +0 /m);

  await namespace.close(ids(opened.connections.slice(0, 30)), 'client-first');
  await namespace.close(ids(six.connections.slice(0, 2)), 'client-first');
  await allAsSs(LOOPBACK, LOOPBACK6);
  await all(/ 127\.0\.0\.1:8080 .* 50 +30 /);
  await all(/ \[::1\]:8080 .* 5 +2 /);

  // Without a TIME_WAIT nothing is left of a group: it fades, and then it is gone.
  await namespace.close(ids(other.connections), 'reset');
  await all(/^ × 127\.0\.0\.1 → 127\.0\.0\.1:8081 .*95\.0% +5 /m);
  await all((screen) => !screen.includes(':8081'));
  for (const terminal of views) {
    terminal.press('q');
    expect(await terminal.exited).toEqual({ code: 0, signal: undefined });
  }
});
