import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'acorn';
import { describe, expect, test } from 'vitest';
import { COMMAND_NAMES, COMMANDS } from '../../src/cli/command-table.ts';

const DIST = join(import.meta.dirname, '../../dist');

interface Chunk {
  readonly now: readonly string[];
  readonly later: readonly string[];
  readonly text: string;
}

/** What a built file imports: as it is loaded, and when it asks for it. */
function read(name: string): Chunk {
  const text = readFileSync(join(DIST, name), 'utf8');
  const now: string[] = [];
  const later: string[] = [];
  const visit = (node: unknown): void => {
    if (typeof node !== 'object' || node === null) return;
    if (Array.isArray(node)) return node.forEach(visit);
    const { type, source } = node as { type?: string; source?: { value?: unknown } };
    const target = typeof source?.value === 'string' ? source.value.replace('./', '') : undefined;
    if (target !== undefined) (type === 'ImportExpression' ? later : now).push(target);
    Object.values(node).forEach(visit);
  };
  visit(parse(text, { ecmaVersion: 'latest', sourceType: 'module' }));
  return { now, later, text };
}

const files = readdirSync(DIST).filter((name) => name.endsWith('.js'));
const chunks = new Map(files.map((name) => [name, read(name)]));

/** Everything that is loaded with a file. */
function loadedWith(start: string): Set<string> {
  const found = new Set<string>();
  const follow = (name: string): void => {
    if (found.has(name)) return;
    found.add(name);
    for (const next of chunks.get(name)?.now ?? []) follow(next);
  };
  follow(start);
  return found;
}

/** The file with a command's code: the one whose export main.js calls. */
function chunkOf(runName: string): string {
  for (const { text } of chunks.values()) {
    const match = new RegExp('import\\([`"\']\\./([\\w.-]+)[`"\']\\)\\)\\.' + runName + '\\b').exec(
      text,
    );
    if (match?.[1] !== undefined) return match[1];
  }
  throw new Error(`nobody loads ${runName}`);
}

/** Words that only the packages themselves have. */
const MARKS = {
  react: 'react.transitional.element',
  ink: 'ink-box',
  yoga: 'FLEX_DIRECTION_COLUMN',
} as const;

const has = (names: Iterable<string>, mark: string) =>
  [...names].some((name) => chunks.get(name)?.text.includes(mark) === true);

const runOf = (name: string) => `run${name.slice(0, 1).toUpperCase()}${name.slice(1)}`;

describe('what a command loads', () => {
  test('the marks are in what the view loads', () => {
    for (const mark of Object.values(MARKS))
      expect([mark, has(chunks.keys(), mark)]).toEqual([mark, true]);
  });

  test.for(COMMAND_NAMES)('%s does not load Ink or React before there is a terminal', (name) => {
    expect(COMMANDS[name]).toBeDefined();
    const loaded = new Set([...loadedWith('main.js'), ...loadedWith(chunkOf(runOf(name)))]);
    for (const mark of Object.values(MARKS))
      expect([mark, has(loaded, mark)]).toEqual([mark, false]);
  });

  test.for(['snapshot', 'check', 'exporter'] as const)('%s cannot load them at all', (name) => {
    const loaded = loadedWith(chunkOf(runOf(name)));
    for (let size = 0; size !== loaded.size;) {
      size = loaded.size;
      for (const file of Array.from(loaded))
        for (const later of chunks.get(file)?.later ?? [])
          for (const next of loadedWith(later)) loaded.add(next);
    }
    for (const mark of Object.values(MARKS))
      expect([mark, has(loaded, mark)]).toEqual([mark, false]);
  });

  test.for(['snapshot', 'check'] as const)('%s has no server, and starts no program', (name) => {
    const loaded = [
      ...loadedWith('main.js'),
      ...loadedWith(chunkOf(runOf(name))),
      ...loadedWith('worker.js'),
    ];
    for (const module of ['http', 'https', 'net', 'tls', 'child_process', 'process'])
      expect(loaded).not.toContain(`node:${module}`);
  });

  test.for(['snapshot', 'check', 'exporter'] as const)('%s reads no settings of a view', (name) => {
    const mark = '.config/ephtop/config.json';
    expect(has(chunks.keys(), mark)).toBe(true);
    const loaded = [...loadedWith('main.js'), ...loadedWith(chunkOf(runOf(name)))];
    expect(has(loaded, mark)).toBe(false);
  });

  test.for(['worker.js', 'exporter-worker.js'])(
    '%s has neither the view, nor the command line',
    (name) => {
      const loaded = loadedWith(name);
      for (const mark of [...Object.values(MARKS), 'outputHelp'])
        expect([mark, has(loaded, mark)]).toEqual([mark, false]);
    },
  );
});
