/**
 * Run by scripts/mutate.ts in a copy of the checkout: runs the tests near a file, over and over, whatever
 * the file holds by then. Messages are the file's path and, back, whether the tests noticed.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { resolve } from 'node:path';

import { createVitest, type TestSpecification } from 'vitest/node';

import type { RunnerAnswer, RunnerOrder } from './protocol.ts';

const vitest = await createVitest('test', {
  watch: false,
  project: ['unit'],
  bail: 1,
  cache: false,
  reporters: [{}],
});
await vitest.standalone();

const specificationsOf = new Map<string, TestSpecification[]>();
/** What noticed the last mutant may well notice the next: it runs first, and alone. */
let noticedBy: TestSpecification | undefined;

async function nearTests(file: string, folder: string): Promise<TestSpecification[]> {
  const known = specificationsOf.get(file);
  if (known) return known;
  vitest.config.related = [resolve(file)];
  const specifications = await vitest.getRelevantTestSpecifications([folder]);
  specificationsOf.set(file, specifications);
  return specifications;
}

async function failing(
  specifications: TestSpecification[],
): Promise<TestSpecification | undefined> {
  if (specifications.length === 0) return undefined;
  const { testModules, unhandledErrors } = await vitest.runTestSpecifications(specifications);
  // Those of earlier runs are among them, as they ended then.
  const hasRun = new Set(specifications.map(({ moduleId }) => moduleId));
  const failed = testModules.find((module) => hasRun.has(module.moduleId) && !module.ok());
  if (failed) return specifications.find(({ moduleId }) => moduleId === failed.moduleId);
  return unhandledErrors.length > 0 ? specifications[0] : undefined;
}

async function notices({ file, folder, text }: RunnerOrder): Promise<RunnerAnswer> {
  const specifications = await nearTests(file, folder);
  const original = readFileSync(file, 'utf8');
  writeFileSync(file, text);
  vitest.invalidateFile(resolve(file));
  try {
    const first = noticedBy && specifications.includes(noticedBy) ? [noticedBy] : [];
    const others = specifications.filter((each) => !first.includes(each));
    const failed = (await failing(first)) ?? (await failing(others));
    noticedBy = failed ?? noticedBy;
    return { noticed: failed !== undefined, tests: specifications.length };
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
