import { readFileSync } from 'node:fs';

import { defineConfig } from 'vitest/config';

import { viteInkTable } from './scripts/ink-table-plugin.ts';

const { version } = JSON.parse(readFileSync('package.json', 'utf8')) as { version: string };

// Tests that start the real program in a terminal, or make sockets in a network namespace.
const SYSTEM_TESTS = [
  'test/system/kernel/**/*.test.{ts,tsx}',
  'test/system/terminal/**/*.test.{ts,tsx}',
];

export default defineConfig({
  plugins: [viteInkTable],
  define: { EPHTOP_VERSION: JSON.stringify(version) },
  test: {
    server: { deps: { inline: ['ink-table'] } },
    // A process each: the tests of the terminal change what a thread cannot, such as the working
    // directory and the handlers of signals.
    pool: 'forks',
    maxWorkers: 2,
    projects: [
      {
        extends: true,
        test: {
          name: 'unit',
          include: ['test/**/*.test.{ts,tsx}'],
          exclude: SYSTEM_TESTS,
          testTimeout: 20_000,
        },
      },
      {
        extends: true,
        test: {
          name: 'system',
          include: SYSTEM_TESTS,
          testTimeout: 60_000,
          hookTimeout: 60_000,
        },
      },
    ],
  },
});
