import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { fitPoints, type Point } from '../../scripts/soak/regression.ts';

const SIMULATE = fileURLToPath(new URL('../../scripts/soak/simulate.ts', import.meta.url));
const MINUTES = 200;
/** Until history is full, twice over. */
const SETTLED_MINUTES = 30;
const MOST_MB_PER_HOUR = 1;
/** It computes for 25 s on a processor of its own; beside other tests, in a slow hour of the machine, five times as long. */
const TIMEOUT_MS = 400_000;

test(
  'what is remembered stays as large in 200 minutes of ever new connections',
  () => {
    const args = ['--expose-gc', '--disable-warning=ExperimentalWarning', SIMULATE, `${MINUTES}`];
    const { stdout, stderr } = spawnSync(process.execPath, args, { encoding: 'utf8' });
    expect(stderr).toBe('');
    const looks = JSON.parse(stdout) as [minute: number, heapBytes: number][];
    const settled = looks.filter(([minute]) => minute >= SETTLED_MINUTES);
    expect(settled).toHaveLength((MINUTES - SETTLED_MINUTES) / 5 + 1);
    const line = fitPoints(settled.map(([minute, bytes]): Point => [minute / 60, bytes / 1e6]));
    expect(line.slope, JSON.stringify(looks)).toBeLessThan(MOST_MB_PER_HOUR);
    // The look is sharp enough to see that much.
    expect(2 * line.slopeError).toBeLessThan(MOST_MB_PER_HOUR);
  },
  TIMEOUT_MS,
);
