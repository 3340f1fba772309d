import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

const FAST_CODE = fileURLToPath(import.meta.resolve('../../src/sampling/fast-code.ts'));

// OptimizationStatus in V8's src/runtime/runtime.h.
const MAGLEVVED = 1 << 4;
const TURBOFANNED = 1 << 5;

const PROGRAM = `
  import { setTimeout as sleep } from 'node:timers/promises';
  import { startWithoutSlowCompiler } from ${JSON.stringify(FAST_CODE)};
  process.getBuiltinModule('node:v8').setFlagsFromString('--allow-natives-syntax');
  const statusOf = new Function('f', 'return %GetOptimizationStatus(f)');
  function sum(count) {
    let sum = 0;
    for (let at = 0; at < count; at++) sum = (sum + 7 * at) | 0;
    return sum;
  }
  const runs = async (isEnough) => {
    for (let turn = 0; turn < 500 && !isEnough(statusOf(sum)); turn++) {
      sum(100_000); // not in a loop of its own, which would have it within
      await sleep(1); // compiled code comes in between
    }
    return statusOf(sum);
  };
  startWithoutSlowCompiler(100_000);
  console.log(await runs((status) => status & ${MAGLEVVED}), await runs(() => false));
  startWithoutSlowCompiler(0);
  await sleep(10);
  console.log(await runs((status) => status & ${TURBOFANNED}));`;

test('what is hot when the program starts is compiled by Maglev at once, and by TurboFan later on', () => {
  const { stdout, stderr } = spawnSync(
    process.execPath,
    ['--no-warnings', '--input-type=module', '--eval', PROGRAM],
    { encoding: 'utf8' },
  );
  expect(stderr).toBe('');
  const [early = 0, still = 0, later = 0] = stdout.trim().split(/\s/).map(Number);
  const compilers = (status: number) => status & (MAGLEVVED | TURBOFANNED);
  expect([early, still, later].map(compilers)).toEqual([MAGLEVVED, MAGLEVVED, TURBOFANNED]);
});
