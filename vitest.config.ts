import { readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';

import { defineConfig } from 'vitest/config';

import { viteInkTable } from './scripts/ink-table-plugin.ts';

const { version } = JSON.parse(readFileSync('package.json', 'utf8')) as { version: string };

const TEST_FILES = '**/*.test.{ts,tsx}';

/** Tests that start programs, change who the process is, or replace modules. */
const PROCESS_TESTS = [
  `test/{bin,cli,lint}/${TEST_FILES}`,
  'test/source/{kernel-files,owner-finder,process-files,refusal-watcher}.test.ts',
];

/** Most of the time of programs, terminals and kernels is spent waiting. */
const WAITING_WORKERS = 3 * availableParallelism();

/** Runs in processes, many at a time, once the unit tests are through. */
const waiting = {
  pool: 'forks',
  maxWorkers: WAITING_WORKERS,
  sequence: { groupOrder: 1 },
  testTimeout: 60_000,
  hookTimeout: 60_000,
} as const;

export default defineConfig({
  plugins: [viteInkTable],
  define: { EPHTOP_VERSION: JSON.stringify(version) },
  test: {
    server: { deps: { inline: ['ink-table'] } },
    projects: [
      {
        extends: true,
        test: {
          name: 'unit',
          include: [`test/${TEST_FILES}`],
          exclude: ['test/system/**', ...PROCESS_TESTS],
          // A thread runs its files one after another in one world, which saves loading React for each.
          // What a helper cleans up must be tied to the test (onTestFinished), not to its file.
          pool: 'threads',
          isolate: false,
          maxWorkers: availableParallelism(),
          testTimeout: 20_000,
        },
      },
      // Alphabetical order is the order of starts: the kernel's tests take longest.
      {
        extends: true,
        test: { ...waiting, name: 'kernel', include: [`test/system/kernel/${TEST_FILES}`] },
      },
      { extends: true, test: { ...waiting, name: 'process', include: PROCESS_TESTS } },
      {
        extends: true,
        test: { ...waiting, name: 'terminal', include: [`test/system/terminal/${TEST_FILES}`] },
      },
    ],
  },
});
