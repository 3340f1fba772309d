import { readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { setFlagsFromString } from 'node:v8';

import { defineConfig } from 'vitest/config';
import { BaseSequencer, type TestSpecification } from 'vitest/node';

import { viteInkTable } from './scripts/ink-table-plugin.ts';

const { version } = JSON.parse(readFileSync('package.json', 'utf8')) as { version: string };

// Each sample has maps of all 65,536 ports. Unless they count like other memory, V8 looks through the whole heap each time
// that 64 MB of them have been made, which is a third of the CPU time of the unit tests.
setFlagsFromString('--external-memory-accounted-in-global-limit');

const TEST_FILES = '**/*.test.{ts,tsx}';

/** Computing that is too long to wait for after each change: minutes of virtual time, sweeps over all characters and sizes of the screen. */
const LONG_TESTS = [
  'test/forecast-score/forecast-score.test.ts',
  'test/model/{field-forecasts,steady-countdown,taken-by-bind}.test.ts',
  'test/model/sample/bound-ports/reuse-after-rush.test.ts',
  'test/recording/jump.test.ts',
  'test/format/string-width.test.ts',
  'test/ui/{hostile-recording,must-show,reach-all-text,scrolling,where-one-is,which-of-how-many}.test.tsx',
  'test/fuzz/{loop,parsers}.test.ts',
  'test/cli/memory.test.ts',
];

/** Tests that start programs or servers, change who the process is, or replace modules. */
const PROCESS_TESTS = [
  `test/{bin,cli,deploy,lint}/${TEST_FILES}`,
  'test/source/{end-in-time,kernel-files,owner-finder,process-files,refusal-watcher}.test.ts',
  'test/exporter/{server,tls}.test.ts',
  'test/monitoring/built-files.test.ts',
  'test/outputs/completion/shells.test.ts',
  'test/sampling/via/via-session.test.ts',
];

/** Most of the time of programs, terminals and kernels is spent waiting; with more at once, keys and prompts come too late. */
const WAITING = {
  maxWorkers: Math.ceil(1.5 * availableParallelism()),
  sequence: { groupOrder: 0 },
};

/** What computes comes after what waits: clients and programs keep their pace. CI runs both at once, this at low priority. */
const COMPUTING = {
  // One more costs a third more CPU: the threads' collectors are in each other's way.
  maxWorkers: availableParallelism(),
  sequence: { groupOrder: 1 },
  // A thread runs its files one after another in one world, which saves loading React for each.
  // What a helper cleans up must be tied to the test (onTestFinished), not to its file.
  pool: 'threads',
  isolate: false,
} as const;

/**
 * What waits for the kernel's timers most of the time, and the longest: nothing else is to end after it. The tests of
 * refusals are over before the stories have any, and those of exhaustion, which cannot run beside them, come later.
 */
const FIRST = [
  'terminal/demo-stories',
  'kernel/forecast',
  'kernel/refusals',
  'kernel/namespaces',
  'kernel/advice-effect',
  'kernel/exhaustion-live',
  'kernel/exhaustion',
].map((name) => `/test/system/${name}.test.ts`);

/** The order of starts. */
class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const place = ({ moduleId }: TestSpecification): number => {
      const first = FIRST.findIndex((name) => moduleId.endsWith(name));
      return first < 0 ? FIRST.length : first;
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
    sequence: { sequencer: LongestFirst },
    // For what hangs: on a busy machine a test may have to wait for its turn.
    testTimeout: 120_000,
    hookTimeout: 120_000,
    expect: { poll: { timeout: 60_000 } },
    projects: [
      {
        extends: true,
        test: {
          ...COMPUTING,
          name: 'unit',
          include: [`test/${TEST_FILES}`],
          exclude: ['test/system/**', ...PROCESS_TESTS, ...LONG_TESTS],
        },
      },
      { extends: true, test: { ...COMPUTING, name: 'long', include: LONG_TESTS } },
      {
        extends: true,
        test: {
          ...WAITING,
          pool: 'forks',
          isolate: false,
          name: 'kernel',
          include: [`test/system/kernel/${TEST_FILES}`],
        },
      },
      {
        extends: true,
        test: {
          ...WAITING,
          pool: 'forks',
          name: 'process',
          include: PROCESS_TESTS,
          exclude: LONG_TESTS,
        },
      },
      {
        extends: true,
        test: {
          ...WAITING,
          pool: 'forks',
          isolate: false,
          name: 'terminal',
          include: [`test/system/terminal/${TEST_FILES}`],
        },
      },
    ],
  },
});
