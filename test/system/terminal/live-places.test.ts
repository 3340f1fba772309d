/** The live view of several places: two shells elsewhere, and all network namespaces. */
import { readFileSync, readdirSync, readlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { BRIEF_RUN, cleanUpAfterEach, LAUNCHER, makeDirectory } from '../../helpers/live-view.ts';
import { openTerminal } from '../../helpers/terminal.ts';
import { openNamespace } from '../../helpers/namespace.ts';

cleanUpAfterEach();

/** Starts a shell, and writes its process id; it fails while the file `down` has something in it. */
const PEER = `
  test ! -s "$1/down" || { echo "connect to host web port 22: Connection refused" >&2; exit 255; }
  echo $$ > "$1/pid"
  exec sh`;

const SIZE = { columns: 160, rows: 40 };

test('of two places one is lost, marked and told; the other goes on, and it comes back', async () => {
  const directory = makeDirectory();
  writeFileSync(join(directory, 'down'), '');
  const script = join(directory, 'peer');
  writeFileSync(script, PEER);
  const vias = ['--via', `sh ${script} ${directory}`, '--via', 'sh'];
  const terminal = openTerminal(process.execPath, [...BRIEF_RUN, LAUNCHER, ...vias], SIZE);
  await terminal.waitFor(/ 2 places/);
  writeFileSync(join(directory, 'down'), 'x');
  process.kill(Number(readFileSync(join(directory, 'pid'), 'utf8')), 'SIGKILL');
  await terminal.waitFor(
    / ! \S+.*: no sample for \d+ s: sh ended with status 255: connect to host web/,
  );
  expect(terminal.screen()).toContain('2 places, 1 lost');
  writeFileSync(join(directory, 'down'), '');
  await terminal.waitFor((screen) => !screen.includes('lost'));
  terminal.press('q');
  await terminal.exited;
});

/** How many netlink sockets and rings of refused connections a process has open. */
function openedByLibc(pid: number): number {
  const links = readdirSync(`/proc/${pid}/fd`).map((fd) => {
    try {
      return readlinkSync(`/proc/${pid}/fd/${fd}`);
    } catch {
      return '';
    }
  });
  return links.filter((link) => /^socket:|perf_event/.test(link)).length;
}

test('N shows all namespaces, and this one alone again', async () => {
  const terminal = openTerminal(process.execPath, [...BRIEF_RUN, LAUNCHER], SIZE);
  await terminal.waitFor(/netlink \d+ms|procfs \d+ms/);
  expect(terminal.screen()).not.toMatch(/ \d+ places/);
  await using namespace = await openNamespace();
  expect(namespace).toBeDefined();
  const open = openedByLibc(terminal.pid);
  expect(open).toBeGreaterThan(0);
  for (const _ of ['once', 'and again']) {
    terminal.press('N');
    await terminal.waitFor(/ \d+ places/);
    terminal.press('N');
    await terminal.waitFor((screen) => !/ \d+ places/.test(screen));
  }
  // What a thread has opened is closed when another takes its place, which opens as much.
  await expect.poll(() => openedByLibc(terminal.pid)).toBe(open);
  terminal.press('q');
  await terminal.exited;
});
