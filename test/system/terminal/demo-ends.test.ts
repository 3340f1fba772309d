/** Whatever is killed of the demo, nothing of it is left, and the terminal is as it was. */
import { expect, test } from 'vitest';
import { ipv4Sysctls, startDemo, type User, USERS } from '../../helpers/demo.ts';
import { cleanUpAfterEach, TERMINAL_AS_IT_WAS } from '../../helpers/live-view.ts';
import {
  flatTree,
  isThere,
  networkOf,
  processesIn,
  type ProcessNode,
  processTree,
} from '../../helpers/process-tree.ts';
import type { Terminal } from '../../helpers/terminal.ts';

cleanUpAfterEach();

/** From the outermost; the names of the last three are those that the OWNER column shows. */
const PARTS = ['outside', 'unshare', 'init', 'view', 'upstream', 'proxy', 'clients'] as const;
type Part = (typeof PARTS)[number];

/** The processes of a demo that plays. */
function partsOf(terminal: Terminal): Record<Part, ProcessNode> {
  const outside = processTree(terminal.pid);
  const [unshare] = outside.children;
  const [init] = unshare?.children ?? [];
  const [view] = init?.children ?? [];
  const named = (name: string) => view?.children.find((child) => child.name === name);
  const found = {
    outside,
    unshare,
    init,
    view,
    upstream: named('upstream'),
    proxy: named('proxy'),
    clients: named('clients'),
  };
  expect(flatTree(outside)).toHaveLength(PARTS.length);
  return found as Record<Part, ProcessNode>;
}

async function untilGone(pids: readonly number[], network: string | undefined): Promise<void> {
  await expect
    .poll(() => ({ running: pids.filter(isThere), inside: processesIn(network) }), {
      timeout: 10_000,
    })
    .toEqual({ running: [], inside: [] });
}

async function playing(user: User): Promise<{
  terminal: Terminal;
  parts: Record<Part, ProcessNode>;
  pids: number[];
  network: string | undefined;
}> {
  const terminal = startDemo(user, []);
  await terminal.waitFor(/10\.0\.9\.21:8080 .*%/, 30_000);
  const parts = partsOf(terminal);
  const network = networkOf(parts.view.pid);
  expect(network).not.toBe(networkOf(process.pid));
  expect(processesIn(network)).toContain(parts.proxy.pid);
  return { terminal, parts, pids: PARTS.map((part) => parts[part].pid), network };
}

/** What the shell sees of the demo's end. */
const STATUS: Record<Part, { code: number; signal: string | undefined }> = {
  outside: { code: 0, signal: 'SIGKILL' },
  unshare: { code: 137, signal: undefined },
  init: { code: 1, signal: undefined }, // unshare's own
  view: { code: 137, signal: undefined },
  upstream: { code: 2, signal: undefined },
  proxy: { code: 2, signal: undefined },
  clients: { code: 2, signal: undefined },
};

for (const user of USERS)
  test.for(PARTS)(`as ${user}, kill -9 of %s leaves nothing behind`, async (part) => {
    const { terminal, parts, pids, network } = await playing(user);
    process.kill(parts[part].pid, 'SIGKILL');
    await untilGone(pids, network);
    expect(await terminal.exited).toEqual(STATUS[part]);
    // Here it leads the session, and the kernel hangs up the terminal of one that has no leader.
    if (part !== 'outside') expect(terminal.state()).toEqual(TERMINAL_AS_IT_WAS);
    if (part === 'unshare' || part === 'init' || part === 'view') {
      const by = part === 'init' ? '' : ' (signal 9)';
      const said = `ephtop: the demo is over, as a part of its stage was killed${by}. Nothing of it is left.`;
      expect(terminal.screen().replace(/\s+/g, ' ').trim()).toBe(said);
    }
    if (STATUS[part].code === 2)
      expect(terminal.screen()).toContain(`the demo is over, as its ${part} ended (SIGKILL).`);
  });

test.for([
  ['SIGTERM', 143],
  ['SIGHUP', 129],
  ['SIGINT', 130],
  ['SIGQUIT', 131],
  ['SIGUSR2', 140],
  ['SIGIO', 157],
] as const)('%s ends all of it', async ([signal, code]) => {
  const { terminal, parts, pids, network } = await playing('an ordinary user');
  // Only the outermost, as `kill` does; at a terminal, Ctrl-C reaches all of them.
  process.kill(parts.outside.pid, signal);
  expect(await terminal.exited).toEqual({ code, signal: undefined });
  await untilGone(pids, network);
  expect(terminal.state()).toEqual(TERMINAL_AS_IT_WAS);
  expect(terminal.screen()).not.toContain('Terminated');
});

test.for([34, 64])('goes on after signal %i', async (signal) => {
  const { terminal, parts } = await playing('an ordinary user');
  process.kill(parts.outside.pid, signal);
  terminal.press('q');
  expect(await terminal.exited).toEqual({ code: 0, signal: undefined });
  expect(terminal.state()).toEqual(TERMINAL_AS_IT_WAS);
});

test.for(USERS)('as %s, again is a new namespace, and q ends it with status 0', async (user) => {
  const before = ipv4Sysctls();
  const { terminal, pids, network } = await playing(user);
  terminal.press('\x12');
  await untilGone(pids.slice(1), network);
  await terminal.waitFor(/10\.0\.9\.21:8080 .*%[^]*0:0\d of 1:30/, 30_000);
  const again = partsOf(terminal);
  expect(networkOf(again.view.pid)).not.toBe(network);
  terminal.press('q');
  expect(await terminal.exited).toEqual({ code: 0, signal: undefined });
  await untilGone(
    PARTS.map((part) => again[part].pid),
    networkOf(again.view.pid),
  );
  expect(terminal.state()).toEqual(TERMINAL_AS_IT_WAS);
  expect(ipv4Sysctls()).toEqual(before);
});
