/** The live view of a place elsewhere: a link that is lost, and the end. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test, vi } from 'vitest';
import { BRIEF_RUN, cleanUpAfterEach, LAUNCHER, makeDirectory } from '../../helpers/live-view.ts';
import { isThere } from '../../helpers/process-tree.ts';
import { openTerminal } from '../../helpers/terminal.ts';

cleanUpAfterEach();

/** Starts a shell, and writes its process id; it fails while the file `down` has something in it. */
const PEER = `
  test ! -s "$1/down" || { echo "connect to host web port 22: Connection refused" >&2; exit 255; }
  echo $$ > "$1/pid"
  exec sh`;

test('a lost link is told with its reason, comes back by itself, and ends with the view', async () => {
  const directory = makeDirectory();
  writeFileSync(join(directory, 'down'), '');
  const script = join(directory, 'peer');
  writeFileSync(script, PEER);
  const pid = () => Number(readFileSync(join(directory, 'pid'), 'utf8'));
  const command = [...BRIEF_RUN, LAUNCHER, '--via', `sh ${script} ${directory}`];
  const terminal = openTerminal(process.execPath, command, { columns: 120, rows: 40 });
  await terminal.waitFor(/procfs \d+ms/);
  const first = pid();
  writeFileSync(join(directory, 'down'), 'x');
  process.kill(first, 'SIGKILL');
  await terminal.waitFor(
    /no sample for \d+ s: sh ended with status 255: connect to host web port 22: Connection refused/,
  );
  writeFileSync(join(directory, 'down'), '');
  await terminal.waitFor((screen) => !screen.includes('no sample for'));
  const second = pid();
  expect(second).not.toBe(first);
  expect(isThere(second)).toBe(true);
  terminal.press('q');
  await terminal.exited;
  await vi.waitFor(() => expect(isThere(second)).toBe(false));
});
