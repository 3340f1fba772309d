/** `npm run test:kernel -- [--runs N] [--seed S]`: vitest hands no options on to a test, so the environment does. */
import { spawnSync } from 'node:child_process';
import { parseArgs } from 'node:util';

const { values } = parseArgs({
  options: { runs: { type: 'string' }, seed: { type: 'string' } },
});

for (const [name, value] of Object.entries(values))
  if (!/^\d+$/.test(value)) throw new Error(`--${name}: not a whole number: ${value}`);

const { runs, seed } = values;
const { status } = spawnSync('vitest', ['run', 'test/system/kernel/mixtures.test.ts'], {
  stdio: 'inherit',
  env: {
    ...process.env,
    ...(runs === undefined ? {} : { EPHTOP_RUNS: runs }),
    ...(seed === undefined ? {} : { EPHTOP_SEED: seed }),
  },
});
process.exitCode = status ?? 1;
