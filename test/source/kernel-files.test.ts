import { printable } from '../../src/kernel/foreign-text.ts';
import { chmodSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test, vi } from 'vitest';
import { systemClock } from '../../src/source/clock.ts';
import { placeHere } from '../../src/source/watched-place.ts';
import { procRoot } from '../../src/source/proc-root.ts';
import { procfsReader } from '../../src/source/procfs-reader.ts';
import { asNobody } from '../helpers/fake-processes.ts';
import { copyOfFixtureProc } from '../helpers/fixture.ts';
import { RECORDED_PROC } from '../helpers/live-view.ts';

vi.mock('node:os', async (original) => ({
  ...(await original<object>()),
  hostname: () => 'proxy\u001b]0;7\u0007',
}));

test('a user who may not read the sockets is told who may', () => {
  const proc = copyOfFixtureProc();
  chmodSync(proc, 0o755);
  for (const name of ['net/tcp', 'net/tcp6']) chmodSync(join(proc, name), 0);
  const read = procfsReader(placeHere(procRoot(proc)), systemClock);
  expect(() => asNobody(read)).toThrow(
    /permission denied: no socket can be seen\. Run ephtop as a user who may read them\.$/,
  );
});

test('a host name that would steer the terminal does not where it is printed', () => {
  const read = procfsReader(placeHere(procRoot(RECORDED_PROC)), systemClock);
  expect(printable(read().hostname)).toBe('proxy\\x1b]0;7\\x07');
});
