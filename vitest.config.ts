import { readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';

import { defineConfig } from 'vitest/config';
import { BaseSequencer, type TestSpecification } from 'vitest/node';

import { viteInkTable } from './scripts/ink-table-plugin.ts';

const { version } = JSON.parse(readFileSync('package.json', 'utf8')) as { version: string };

const TEST_FILES = '**/*.test.{ts,tsx}';

/** Tests that start programs, change who the process is, or replace modules. */
const PROCESS_TESTS = [
  `test/{bin,cli,deploy,lint}/${TEST_FILES}`,
  'test/fuzz/loop.test.ts',
  'test/source/{kernel-files,owner-finder,process-files,refusal-watcher}.test.ts',
  'test/sampling/via/via-session.test.ts',
];

/** Hours of virtual time: pure, but too long to wait for after each change. */
const FORECAST_TESTS = [
  'test/forecast-score/forecast-score.test.ts',
  'test/model/field-forecasts.test.ts',
];

/**
 * Most of the time of programs, terminals and kernels is spent waiting. All projects have the same number of
 * workers, as vitest would run them one after the other otherwise: the unit tests run while forecasts come true.
 */
const WORKERS = Math.ceil(1.5 * availableParallelism());

/** What waits for the kernel's timers most of the time, from the longest on; nothing else is to end after it. */
const FIRST = [
  ...['forecast', 'exhaustion-live', 'exhaustion', 'refusals'].map((name) => `kernel/${name}`),
  'terminal/demo-stories',
].map((name) => `/test/system/${name}.test.ts`);

/** What takes all of the processor comes last: before it, clients and programs keep their pace. */
const BUSY = ['unit', 'forecast'];

/** The order of starts. */
class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const place = ({ moduleId, project }: TestSpecification): number => {
      const first = FIRST.findIndex((name) => moduleId.endsWith(name));
      if (first >= 0) return first;
      return FIRST.length + (BUSY.includes(project.name) ? 1 : 0);
    };
    // oxlint-disable-next-line unicorn/no-array-sort -- not that of an array
    return (await super.sort(files)).toSorted((a, b) => place(a) - place(b));
  }
}

export default defineConfig({
  plugins: [viteInkTable],
  define: { EPHTOP_VERSION: JSON.stringify(version) },
  test: {
    server: { deps: { inline: ['ink-table'] } },
    maxWorkers: WORKERS,
    sequence: { sequencer: LongestFirst },
    // For what hangs: on a busy machine a test may have to wait for its turn.
    testTimeout: 120_000,
    hookTimeout: 120_000,
    expect: { poll: { timeout: 60_000 } },
    projects: [
      {
        extends: true,
        test: {
          name: 'unit',
          include: [`test/${TEST_FILES}`],
          exclude: ['test/system/**', ...PROCESS_TESTS, ...FORECAST_TESTS],
          // A thread runs its files one after another in one world, which saves loading React for each.
          // What a helper cleans up must be tied to the test (onTestFinished), not to its file.
          pool: 'threads',
          isolate: false,
        },
      },
      {
        extends: true,
        test: { pool: 'threads', isolate: false, name: 'forecast', include: FORECAST_TESTS },
      },
      {
        extends: true,
        test: {
          pool: 'forks',
          isolate: false,
          name: 'kernel',
          include: [`test/system/kernel/${TEST_FILES}`],
        },
      },
      { extends: true, test: { pool: 'forks', name: 'process', include: PROCESS_TESTS } },
      {
        extends: true,
        test: {
          pool: 'forks',
          isolate: false,
          name: 'terminal',
          include: [`test/system/terminal/${TEST_FILES}`],
        },
      },
    ],
  },
});
