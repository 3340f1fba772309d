import { expect, test, vi } from 'vitest';
import { systemClock } from '../../src/source/clock.ts';
import { procRoot } from '../../src/source/proc-root.ts';
import { procfsReader } from '../../src/source/procfs-reader.ts';
import { RECORDED_PROC } from '../helpers/live-view.ts';

vi.mock('node:os', async (original) => ({
  ...(await original<object>()),
  hostname: () => 'proxy\u001b]0;7\u0007',
}));

test('a host name that would steer the terminal does not', () => {
  const read = procfsReader(procRoot(RECORDED_PROC), systemClock);
  expect(read().hostname).toBe('proxy\\x1b]0;7\\x07');
});
