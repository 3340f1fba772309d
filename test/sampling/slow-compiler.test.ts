import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { stripTypeScriptTypes } from 'node:module';
import { expect, test } from 'vitest';

// As JavaScript: what takes the types out of it for Node is WebAssembly, and keeps V8's compilers from all else for seconds.
const source = readFileSync(
  new URL('../../src/sampling/slow-compiler.ts', import.meta.url),
  'utf8',
);
const MODULE = `data:text/javascript,${encodeURIComponent(stripTypeScriptTypes(source))}`;

// OptimizationStatus in V8's src/runtime/runtime.h.
const MAGLEVVED = 1 << 4;
const TURBOFANNED = 1 << 5;

/** On a busy machine, a compiler has to wait for a processor. */
const LONGEST_MS = 20_000;

// `run` is not compiled: it would have `next` within, and nobody would call that. `next` has no loop: V8 may compile a loop
// alone, and enter it there again at each call, so that the function is never compiled.
const PROGRAM = `
  import { setTimeout as sleep } from 'node:timers/promises';
  import { startWithoutSlowCompiler } from ${JSON.stringify(MODULE)};
  process.getBuiltinModule('node:v8').setFlagsFromString('--allow-natives-syntax');
  const statusOf = new Function('f', 'return %GetOptimizationStatus(f)');
  function next(value) {
    return (7 * value + 1) | 0;
  }
  function run(times) {
    for (let time = 0, value = 0; time < times; time++) value = next(value);
  }
  new Function('f', '%NeverOptimizeFunction(f)')(run);
  const statusAfter = async (most, isEnough = () => false) => {
    for (let turn = 0; turn < most && !isEnough(statusOf(next)); turn++) {
      run(10_000);
      await sleep(1); // compiled code comes in between
    }
    return statusOf(next);
  };
  startWithoutSlowCompiler(3_600_000);
  console.log(await statusAfter(Infinity, (status) => status & ${MAGLEVVED}), await statusAfter(200));
  startWithoutSlowCompiler(0);
  await sleep(10);
  console.log(await statusAfter(Infinity, (status) => status & ${TURBOFANNED}));`;

test('what is hot when the program starts is compiled by Maglev alone, and by TurboFan later on', () => {
  const { stdout, stderr } = spawnSync(
    process.execPath,
    ['--no-warnings', '--input-type=module', '--eval', PROGRAM],
    { encoding: 'utf8', timeout: LONGEST_MS },
  );
  expect(stderr).toBe('');
  const [early = 0, still = 0, later = 0] = stdout.trim().split(/\s/).map(Number);
  const compilers = (status: number) => status & (MAGLEVVED | TURBOFANNED);
  expect([early, still, later].map(compilers)).toEqual([MAGLEVVED, MAGLEVVED, TURBOFANNED]);
}, 30_000);
