import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Node, parse } from 'acorn';
import { describe, expect, test } from 'vitest';
import { COMMAND_NAMES, COMMANDS } from '../../src/cli/command-table.ts';

const DIST = join(import.meta.dirname, '../../dist');

interface Chunk {
  readonly now: readonly string[];
  readonly later: readonly string[];
  readonly text: string;
}

/** The part of a node of the syntax tree that is looked at. */
interface SyntaxNode {
  readonly type?: string;
  readonly source?: { readonly value?: unknown };
}

/** What a built file imports: as it is loaded, and when it asks for it. Node's own modules are `node:NAME`. */
function read(name: string): Chunk {
  const text = readFileSync(join(DIST, name), 'utf8');
  const now: string[] = [];
  const later: string[] = [];
  const visit = (node: unknown, isInFunction: boolean): void => {
    if (typeof node !== 'object' || node === null) return;
    if (Array.isArray(node)) return node.forEach((each) => visit(each, isInFunction));
    const { type, source } = node as SyntaxNode;
    const target = typeof source?.value === 'string' ? source.value.replace('./', '') : undefined;
    if (target !== undefined) (type === 'ImportExpression' ? later : now).push(target);
    const builtin = type === 'CallExpression' ? builtinOf(text, node as Node) : undefined;
    if (builtin !== undefined) (isInFunction ? later : now).push(builtin);
    const isFunction = type?.includes('Function') === true;
    Object.values(node).forEach((each) => visit(each, isInFunction || isFunction));
  };
  visit(parse(text, { ecmaVersion: 'latest', sourceType: 'module' }), false);
  return { now, later, text };
}

/** The module that a call asks Node for, as the build writes imports (scripts/builtins-plugin.ts). */
function builtinOf(text: string, { start, end }: Node): string | undefined {
  return /^process\.getBuiltinModule\([`"'](node:[\w/]+)[`"']\)$/.exec(text.slice(start, end))?.[1];
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
    expect(loaded).toContain('node:fs');
    for (const module of ['http', 'https', 'net', 'tls', 'child_process', 'process'])
      expect(loaded).not.toContain(`node:${module}`);
  });

  // It costs 2 MB for as long as the program runs.
  test.for(['live', 'record'] as const)('%s has no cryptography', (name) => {
    const loaded = [...loadedWith('main.js'), ...loadedWith(chunkOf(runOf(name)))];
    expect(loaded).toContain('node:fs');
    expect(loaded).not.toContain('node:crypto');
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
