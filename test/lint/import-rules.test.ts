import { spawnSync } from 'node:child_process';
import {
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

// The linter is what holds the layers apart; a pattern that matches nothing would pass in silence.

type Case = { file: string; code: string; rule?: string };

const SRC = join(import.meta.dirname, '../../src');

const IMPORTS = 'no-restricted-imports';
const GLOBALS = 'no-restricted-globals';
const PROPERTIES = 'no-restricted-properties';

function importing(file: string, from: string, rule?: string): Case {
  const code = `import { x } from '${from}';\nexport const y = [x];\n`;
  return { file, code, ...(rule === undefined ? {} : { rule }) };
}

function rawText(file: string, rule?: string): Case {
  const code =
    "import { rawText } from '../kernel/foreign-text.ts';\nexport const y = [rawText];\n";
  return { file, code, ...(rule === undefined ? {} : { rule }) };
}

function using(file: string, expression: string, rule?: string): Case {
  const code = `export const y = (): unknown => ${expression};\n`;
  return { file, code, ...(rule === undefined ? {} : { rule }) };
}

const REFUSED: Case[] = [
  importing('src/kernel/a.ts', '../model/x.ts', IMPORTS),
  importing('src/kernel/b.ts', 'node:fs', IMPORTS),
  importing('src/model/a.ts', 'node:fs', IMPORTS),
  importing('src/model/b.ts', 'react', IMPORTS),
  importing('src/model/c.ts', '../format/x.ts', IMPORTS),
  importing('src/model/d.ts', '../main.ts', IMPORTS),
  importing('src/model/e.ts', '../cli/x.ts', IMPORTS),
  importing('src/format/a.ts', '../store/x.ts', IMPORTS),
  importing('src/format/b.ts', 'node:util', IMPORTS),
  importing('src/source/a.ts', '../ui/x.tsx', IMPORTS),
  importing('src/source/e.ts', '../recording/x.ts', IMPORTS),
  importing('src/source/f.ts', '../sampling/x.ts', IMPORTS),
  importing('src/source/g.ts', '../model/x.ts', IMPORTS),
  importing('src/recording/a.ts', '../sampling/x.ts', IMPORTS),
  importing('src/recording/b.ts', '../store/x.ts', IMPORTS),
  importing('src/sampling/a.ts', '../recording/x.ts', IMPORTS),
  importing('src/sampling/b.ts', '../cli/x.ts', IMPORTS),
  importing('src/terminal/a.ts', '../cli/x.ts', IMPORTS),
  importing('src/terminal/b.ts', '../source/x.ts', IMPORTS),
  importing('src/terminal/c.ts', 'ink', IMPORTS),
  importing('src/ui/f2.tsx', '../terminal/x.ts', IMPORTS),
  importing('src/ui/g.tsx', '@scope/x', IMPORTS),
  importing('src/demo/story/a.ts', 'node:fs', IMPORTS),
  importing('src/demo/story/b.ts', '../../cli/x.ts', IMPORTS),
  rawText('src/ui/raw.ts', IMPORTS),
  rawText('src/format/raw.ts', IMPORTS),
  rawText('src/outputs/raw.ts', IMPORTS),
  rawText('src/terminal/raw.ts', IMPORTS),
  rawText('src/store/raw.ts', IMPORTS),
  importing('src/model/sample/x.ts', '../../store/x.ts', IMPORTS),
  importing('src/format/c.ts', 'react', IMPORTS),
  importing('src/outputs/d.ts', '../recording/x.ts', IMPORTS),
  importing('src/source/b.ts', '../store/x.ts', IMPORTS),
  importing('src/source/c.ts', 'ink', IMPORTS),
  importing('src/source/d.ts', 'node-pty', IMPORTS),
  importing('src/store/a.ts', '../source/x.ts', IMPORTS),
  importing('src/store/b.ts', 'react', IMPORTS),
  importing('src/outputs/a.ts', '../ui/x.tsx', IMPORTS),
  importing('src/outputs/b.ts', 'node:fs', IMPORTS),
  importing('src/outputs/c.ts', 'react', IMPORTS),
  importing('src/ui/a.tsx', '../source/x.ts', IMPORTS),
  importing('src/ui/components/b.tsx', '../../commands/x.ts', IMPORTS),
  importing('src/ui/components/c.tsx', '../../main.ts', IMPORTS),
  importing('src/ui/d.tsx', 'node:fs', IMPORTS),
  importing('src/ui/e.tsx', 'commander', IMPORTS),
  using('src/kernel/f.ts', 'Date.now()', PROPERTIES),
  using('src/model/f.ts', 'new Date()', GLOBALS),
  using('src/model/g.ts', 'Math.random()', PROPERTIES),
  using('src/store/f.ts', 'performance.now()', GLOBALS),
  using('src/outputs/f.ts', 'process.stdout', GLOBALS),
  using('src/format/f.ts', 'Date.now()', PROPERTIES),
  using('src/ui/f.tsx', 'process.env', GLOBALS),
  {
    file: 'src/model/circle-a.ts',
    code: "import type { B } from './circle-b.ts';\nexport type A = B | 1;\n",
    rule: 'no-cycle',
  },
  {
    file: 'src/model/circle-b.ts',
    code: "import type { A } from './circle-a.ts';\nexport type B = A | 2;\n",
    rule: 'no-cycle',
  },
  { file: 'src/model/h.ts', code: 'export default 1;\n', rule: 'no-default-export' },
  { file: 'src/model/i.ts', code: 'export const y = (x: any) => x;\n', rule: 'no-explicit-any' },
  { file: 'src/model/k.ts', code: "export * from './x.ts';\n", rule: 'no-barrel-file' },
];

const ALLOWED: Case[] = [
  importing('src/kernel/ok.ts', './x.ts'),
  importing('src/model/ok.ts', '../kernel/x.ts'),
  rawText('src/model/raw.ts'),
  rawText('src/source/raw.ts'),
  importing('src/format/ok.ts', '../model/x.ts'),
  importing('src/format/width.ts', 'string-width'),
  importing('src/source/ok.ts', '../kernel/x.ts'),
  importing('src/source/fs.ts', 'node:fs'),
  importing('src/recording/ok.ts', '../source/x.ts'),
  importing('src/recording/fs.ts', 'node:fs'),
  importing('src/sampling/ok.ts', '../model/sample/x.ts'),
  importing('src/terminal/exit.ts', 'signal-exit'),
  importing('src/terminal/ok.ts', '../ui/x.tsx'),
  importing('src/store/ok.ts', '../model/x.ts'),
  importing('src/outputs/ok.ts', '../format/x.ts'),
  importing('src/outputs/width.ts', 'string-width'),
  importing('src/ui/components/ok.tsx', '../../store/x.ts'),
  importing('src/ui/components/theme.tsx', '../theme.ts'),
  importing('src/ui/ink.tsx', 'ink'),
  importing('src/ui/react.tsx', 'react'),
  importing('src/commands/ok.ts', '../source/x.ts'),
  importing('src/main.ts', './source/x.ts'),
  using('src/source/clock.ts', 'Date.now()'),
  using('src/format/date.ts', 'new Date(0).toISOString()'),
];

let folder: string;
let reported: ReadonlyMap<string, string[]>;

type Report = { diagnostics: { filename: string; code: string }[] };

/** Rules broken, by file: one run of the linter over all the cases. */
function lint(): Map<string, string[]> {
  const oxlint = join(import.meta.dirname, '../../node_modules/.bin/oxlint');
  const { stdout } = spawnSync(oxlint, ['--format=json', 'src'], { cwd: folder, encoding: 'utf8' });
  const { diagnostics } = JSON.parse(stdout) as Report;
  const byFile = new Map<string, string[]>();
  for (const { filename, code } of diagnostics) {
    byFile.set(filename, [...(byFile.get(filename) ?? []), code]);
  }
  return byFile;
}

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'ephtop-lint-'));
  copyFileSync(
    join(import.meta.dirname, '../../oxlint.config.ts'),
    join(folder, 'oxlint.config.ts'),
  );
  symlinkSync(join(import.meta.dirname, '../../node_modules'), join(folder, 'node_modules'));
  for (const { file, code } of [...REFUSED, ...ALLOWED]) {
    mkdirSync(dirname(join(folder, file)), { recursive: true });
    writeFileSync(join(folder, file), code);
  }
  reported = lint();
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('the import rules', () => {
  it.each(REFUSED)('refuse $file: $code', ({ file, rule = '' }) => {
    expect(reported.get(file)).toContainEqual(expect.stringContaining(rule));
  });

  it.each(ALLOWED)('allow $file: $code', ({ file }) => {
    expect(reported.get(file)).toBeUndefined();
  });

  it('know every folder of src', () => {
    const folders = readdirSync(SRC, { withFileTypes: true })
      .filter((entry) => entry.isDirectory())
      .map(({ name }) => name);
    const rules = readFileSync(join(import.meta.dirname, '../../oxlint.config.ts'), 'utf8');
    const unknown = folders.filter(
      (name) => !new RegExp(`^  ${name}: \\{|'${name}'`, 'm').test(rules),
    );
    expect(unknown).toEqual([]);
  });

  // The linter can refuse Date or allow it, but not the argument that is missing.
  it.each(['format', 'outputs'])('keep the clock out of %s', (layer) => {
    const root = join(SRC, layer);
    for (const file of readdirSync(root, { recursive: true, encoding: 'utf8' })) {
      if (!file.endsWith('.ts')) continue;
      expect(readFileSync(join(root, file), 'utf8')).not.toMatch(/\bDate\(\s*\)/);
    }
  });
});
