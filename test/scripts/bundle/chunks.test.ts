import { join } from 'node:path';
import { expect, test } from 'vitest';
import { chunksByStart } from '../../../scripts/chunks.ts';

const ROOT = '/project';
const file = (name: string) => join(ROOT, 'src', name);

/** Who imports whom. */
const IMPORTS: Readonly<Record<string, readonly string[]>> = {
  'main.ts': ['both.ts', 'circle-a.ts', 'served.ts', 'parsed.ts'],
  'sampling/worker.ts': ['both.ts', 'deep.ts'],
  'cli/exporter-worker.ts': ['served.ts', 'deep.ts'],
  'cli/check.ts': ['deep.ts', 'command-only.ts'],
  'cli/replay.ts': ['drawn.ts'],
  'ui/start.tsx': ['drawn.ts', 'ink.ts', 'circle-a.ts'],
  'deep.ts': ['deepest.ts'],
  'circle-a.ts': ['circle-b.ts'],
  'circle-b.ts': ['circle-a.ts'],
};

function getModuleInfo(id: string) {
  const imported = Object.entries(IMPORTS).find(([name]) => file(name) === id)?.[1];
  return imported === undefined ? null : ({ importedIds: imported.map(file) } as never);
}

const chunkOf = chunksByStart(ROOT);
const named = (name: string) => chunkOf(file(name), { getModuleInfo });

test.for([
  ['both.ts', 'program-thread'],
  // Another thread must not load the program.
  ['served.ts', 'program-thread'],
  ['deep.ts', 'thread-others'],
  ['deepest.ts', 'thread-others'],
  // Who else needs it does not count: the program is loaded in any case.
  ['circle-b.ts', 'program-view'],
  ['parsed.ts', 'program'],
  ['ink.ts', 'view'],
  ['drawn.ts', 'view-viewers'],
] as const)('%s is in the chunk of %s', ([name, chunk]) => {
  expect(named(name)).toBe(chunk);
});

test.for(['command-only.ts', 'cli/demo.ts', 'main.ts', 'sampling/worker.ts', 'ui/start.tsx'])(
  'what no start loads, and the starts themselves, are left to the bundler: %s',
  (name) => {
    expect(named(name)).toBeNull();
  },
);

test('a later build has imports of its own', () => {
  const chunk = (imported: string) =>
    chunkOf(file('both.ts'), {
      getModuleInfo: (id) =>
        id === file(imported) ? ({ importedIds: [file('both.ts')] } as never) : null,
    });
  expect([chunk('main.ts'), chunk('ui/start.tsx')]).toEqual(['program', 'view']);
});
