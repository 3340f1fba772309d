/** Another program writes onto the screen. */
import { readlinkSync, writeFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import {
  addConnections,
  cleanUpAfterEach,
  copyProc,
  FULLEST_ROW,
  nearlyFullProc,
  startLive,
  TO_BACKEND,
} from '../../helpers/live-view.ts';
import type { Terminal } from '../../helpers/terminal.ts';

cleanUpAfterEach();

/** Writes lines onto the terminal of the view, and waits until they stand there. */
async function overwrite(terminal: Terminal): Promise<void> {
  writeFileSync(readlinkSync(`/proc/${terminal.pid}/fd/1`), '\r\ngoing down\r\nat noon\r\n');
  await terminal.waitFor('at noon');
}

const isClean = (screen: string) =>
  !/going down|at noon/.test(screen) && screen.startsWith(' ephtop ') && /HEADROOM/.test(screen);

test('what it wrote is gone as soon as things get worse', async () => {
  const proc = copyProc();
  const terminal = startLive({ proc });
  await terminal.waitFor(FULLEST_ROW);
  await overwrite(terminal);
  const before = terminal.bytes();
  addConnections(proc, TO_BACKEND, 40_000, 50);
  addConnections(proc, TO_BACKEND, 40_001, 41);
  await terminal.waitFor(isClean);
  // One whole screen of 120x40, and the frames around it.
  expect(terminal.bytes() - before).toBeLessThan(30_000);
});

test('what it wrote is gone after 15 s while ports run out', async () => {
  const terminal = startLive({ proc: nearlyFullProc() });
  await terminal.waitFor(/10\.0\.9\.21:8080 .*10\.1%/);
  await overwrite(terminal);
  await terminal.waitFor(isClean, 20_000);
}, 30_000);
