/**
 * Run by scripts/mutate.ts in a copy of the checkout: runs the tests near a file, over and over, each time
 * with another text in the file.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { basename, resolve } from 'node:path';
import { setTimeout } from 'node:timers/promises';

import { createVitest, type TestSpecification } from 'vitest/node';

import type { RunnerAnswer, RunnerOrder } from './protocol.ts';

const vitest = await createVitest('test', {
  watch: false,
  project: ['unit'],
  // It may have the text that a file had before.
  fsModuleCache: false,
  // One failing test is enough.
  bail: 1,
  reporters: [{}],
});
await vitest.standalone();
// There is a runner for each core.
for (const { config } of vitest.projects) {
  config.maxWorkers = 1;
  config.setupFiles.push(resolve('scripts/mutate/no-shrinking.ts'));
}

/** What takes more than so many times the mean of all runs alone, and last. A busy machine makes all of them slower. */
const SLOW_TIMES = 2;

/** No tests take so many times as long as without a mutant, and a minute, but those that never end do. */
const PATIENCE = 30;

/** How long the tests of a file take: the least that was seen, as the machine may be busy. */
const tookMs = new Map<string, number>();
const tookMsOf = ({ moduleId }: TestSpecification, unknown = 0) => tookMs.get(moduleId) ?? unknown;

/** What noticed the last mutant may well notice the next. */
let noticedBy: string | undefined;

function isNear(file: string): (specification: TestSpecification) => boolean {
  const name = basename(file).replace(/\.tsx?$/, '');
  return ({ moduleId }) => moduleId === noticedBy || basename(moduleId).startsWith(name);
}

/** Runs of tests, the soonest first: most mutants are noticed by a test of their own file's name. */
function runsOf(
  file: string,
  specifications: readonly TestSpecification[],
  isQuick: boolean,
): TestSpecification[][] {
  const byTime = specifications.toSorted((a, b) => tookMsOf(a) - tookMsOf(b));
  const near = byTime.filter(isNear(file));
  const far = byTime.filter((each) => !near.includes(each));
  const meanMs =
    specifications.reduce((sum, each) => sum + tookMsOf(each), 0) / specifications.length;
  const isSlow = (each: TestSpecification) => tookMsOf(each) > SLOW_TIMES * meanMs;
  return [
    ...near.map((each) => [each]),
    far.filter((each) => !isSlow(each)),
    ...(isQuick ? [] : far.filter(isSlow).map((each) => [each])),
  ];
}

/** The first test file that fails; 'stuck' if the tests do not end. */
async function failing(
  specifications: TestSpecification[],
): Promise<TestSpecification | 'stuck' | undefined> {
  if (specifications.length === 0) return undefined;
  const limitMs = specifications.reduce(
    (sum, each) => sum + tookMsOf(each, 2000) * PATIENCE,
    60_000,
  );
  const result = await Promise.race([
    vitest.runTestSpecifications(specifications),
    setTimeout(limitMs, 'stuck' as const, { ref: false }),
  ]);
  if (result === 'stuck') return result;
  // Among the modules are those of earlier runs.
  const moduleOf = new Map(result.testModules.map((module) => [module.moduleId, module]));
  const stateOf = ({ moduleId }: TestSpecification) => moduleOf.get(moduleId)?.state() ?? 'none';
  const failed = specifications.find((each) => stateOf(each) === 'failed');
  // After the first failure the others do not run.
  if (failed) return failed;
  if (result.unhandledErrors.length > 0) return specifications[0];
  for (const each of specifications) {
    if (stateOf(each) !== 'passed') throw new Error(`${each.moduleId} did not run`);
    const took = moduleOf.get(each.moduleId)?.diagnostic().duration ?? 0;
    tookMs.set(each.moduleId, Math.min(tookMsOf(each, took), took));
  }
  return undefined;
}

async function notices({ file, folder, text, isQuick }: RunnerOrder): Promise<RunnerAnswer> {
  const specifications = await vitest.globTestSpecifications([folder]);
  const original = readFileSync(file, 'utf8');
  writeFileSync(file, text);
  vitest.invalidateFile(resolve(file));
  try {
    let failed: TestSpecification | 'stuck' | undefined;
    for (const run of runsOf(file, specifications, isQuick)) failed ??= await failing(run);
    if (failed === 'stuck') return { noticed: true, isStuck: true };
    noticedBy = failed?.moduleId ?? noticedBy;
    return { noticed: failed !== undefined, isStuck: false };
  } finally {
    writeFileSync(file, original);
    vitest.invalidateFile(resolve(file));
  }
}

process.on('message', (order: RunnerOrder) => {
  void notices(order).then((answer) => process.send?.(answer));
});
process.on('disconnect', () => process.exit());
process.send?.('ready');
