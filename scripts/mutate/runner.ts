/**
 * Run by scripts/mutate.ts in a copy of the checkout: runs the tests near a file, over and over, each time
 * with another text in the file.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { basename, dirname, resolve } from 'node:path';

import { createVitest, type TestSpecification } from 'vitest/node';

import type { RunnerAnswer, RunnerOrder } from './protocol.ts';

const vitest = await createVitest('test', {
  watch: false,
  project: ['unit'],
  // It may have the text that a file had before.
  fsModuleCache: false,
  reporters: [{}],
});
await vitest.standalone();
// There is a runner for each core.
for (const { config } of vitest.projects) config.maxWorkers = 1;

/** What noticed the last mutant may well notice the next: it runs first, and alone. */
let noticedBy: TestSpecification | undefined;

const isNamedLike = (file: string) => {
  const name = basename(file).replace(/\.tsx?$/, '');
  return ({ moduleId }: TestSpecification) => basename(moduleId).startsWith(name);
};
const isBeside = (file: string) => {
  const folder = resolve(dirname(file).replace(/^src/, 'test'));
  return ({ moduleId }: TestSpecification) => dirname(moduleId) === folder;
};

async function failing(
  specifications: TestSpecification[],
): Promise<TestSpecification | undefined> {
  if (specifications.length === 0) return undefined;
  const { testModules, unhandledErrors } = await vitest.runTestSpecifications(specifications);
  // Among the modules are those of earlier runs.
  const stateOf = new Map(testModules.map((module) => [module.moduleId, module.state()]));
  const notRun = specifications.find(
    ({ moduleId }) => !['passed', 'failed'].includes(stateOf.get(moduleId) ?? ''),
  );
  if (notRun) throw new Error(`${notRun.moduleId} did not run`);
  const failed = specifications.find(({ moduleId }) => stateOf.get(moduleId) === 'failed');
  return failed ?? (unhandledErrors.length > 0 ? specifications[0] : undefined);
}

async function notices({ file, folder, text }: RunnerOrder): Promise<RunnerAnswer> {
  const specifications = await vitest.globTestSpecifications([folder]);
  const original = readFileSync(file, 'utf8');
  writeFileSync(file, text);
  vitest.invalidateFile(resolve(file));
  try {
    // The nearer the sooner; most mutants are noticed by a test of their own file's name, or beside it.
    const batches = [
      (each: TestSpecification) => each === noticedBy,
      isNamedLike(file),
      isBeside(file),
    ];
    let left = specifications;
    let failed: TestSpecification | undefined;
    for (const isNear of [...batches, () => true]) {
      failed ??= await failing(left.filter(isNear));
      left = left.filter((each) => !isNear(each));
    }
    noticedBy = failed ?? noticedBy;
    return { noticed: failed !== undefined };
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
