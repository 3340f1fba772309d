import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import fc from 'fast-check';
import { expect, onTestFinished, test } from 'vitest';
import {
  withFastLines,
  withFastTokenizer,
  withRememberedCells,
} from '../../../scripts/ink-output-plugin.ts';

interface Output {
  write(x: number, y: number, text: string, options: { transformers: Transformer[] }): void;
  clip(clip: Partial<Record<'x1' | 'x2' | 'y1' | 'y2', number>>): void;
  unclip(): void;
  get(): { output: string; height: number };
}
type Transformer = (line: string, index: number) => string;
interface Tokenizer {
  hasAnsiControlCharacters(text: string): boolean;
}
type Outputs = { default: new (size: { width: number; height: number }) => Output };

const SOURCE = resolve('node_modules/ink/build/output.js');

/** Ink's file with other modules in the place of what it imports. */
async function loaded(code: string, tokenizer: string): Promise<Outputs['default']> {
  const urlOf = (path: string) => pathToFileURL(resolve(path)).href;
  const directory = mkdtempSync(join(tmpdir(), 'ephtop-ink-'));
  onTestFinished(() => rmSync(directory, { recursive: true }));
  const file = join(directory, 'output.mjs');
  writeFileSync(
    file,
    code
      .replace(/^\/\/# sourceMappingURL.*$/m, '')
      .replace(`'@alcalzone/ansi-tokenize'`, `'${tokenizer}'`)
      .replace(`'string-width'`, `'${urlOf('node_modules/string-width/index.js')}'`),
  );
  return ((await import(/* @vite-ignore */ pathToFileURL(file).href)) as Outputs).default;
}

const text = fc
  .array(
    fc.oneof(
      fc.constantFrom('\u001B[31m', '\u001B[39m', '\u001B[1m', '\u001B[0m', '\u001B[48;2;1;2;3m'),
      fc.constantFrom('abc', '█▏', '\n', '漢字', ' ', 'é', '\u200B'),
    ),
    { maxLength: 12 },
  )
  .map((parts) => parts.join(''));
const place = fc.integer({ min: -3, max: 14 });
const operation = fc.oneof(
  {
    weight: 5,
    arbitrary: fc.record({ kind: fc.constant('write' as const), x: place, y: place, text }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant('clip' as const),
      x1: place,
      x2: place,
      y1: place,
      y2: place,
    }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('unclip' as const) }) },
);

test('what Ink draws is the same, with its own file and the one that the build makes of it', async () => {
  const source = readFileSync(SOURCE, 'utf8');
  const urlOf = (path: string) => pathToFileURL(resolve(path)).href;
  const Original = await loaded(
    source,
    urlOf('node_modules/@alcalzone/ansi-tokenize/build/index.js'),
  );
  const Patched = await loaded(withRememberedCells(source), urlOf('src/terminal/styled-chars.ts'));
  fc.assert(
    fc.property(fc.array(operation, { maxLength: 12 }), (operations) => {
      const drawn = [Original, Patched].map((Class) => {
        const output = new Class({ width: 12, height: 6 });
        for (const each of operations) {
          if (each.kind === 'write')
            output.write(each.x, each.y, each.text, {
              transformers: [(line) => line.toUpperCase()],
            });
          else if (each.kind === 'clip') output.clip(each);
          else output.unclip();
        }
        return output.get();
      });
      expect(drawn[1]).toEqual(drawn[0]);
    }),
    { numRuns: 500 },
  );
});

test('which texts have control characters is the same', async () => {
  const file = resolve('node_modules/ink/build/ansi-tokenizer.js');
  const own = (await import(/* @vite-ignore */ pathToFileURL(file).href)) as Tokenizer;
  const made = withFastTokenizer(readFileSync(file, 'utf8')).replace(
    /^\/\/# sourceMappingURL.*$/m,
    '',
  );
  const url = `data:text/javascript,${encodeURIComponent(made)}`;
  const patched = (await import(/* @vite-ignore */ url)) as Tokenizer;
  const any = fc.string({
    unit: fc.integer({ min: 0, max: 0x2ff }).map((code) => String.fromCharCode(code)),
  });
  fc.assert(
    fc.property(fc.oneof(any, fc.string({ unit: 'binary' })), (each) => {
      expect(patched.hasAnsiControlCharacters(each)).toBe(own.hasAnsiControlCharacters(each));
    }),
  );
});

test('what Ink writes of a line that has changed is the same', async () => {
  const file = resolve('node_modules/ink/build/line-update.js');
  const urlOf = (path: string) => pathToFileURL(resolve(path)).href;
  type LineUpdate = (previous: string, next: string, columns: number) => string;
  const own = (await import(/* @vite-ignore */ urlOf(file))) as { default: LineUpdate };
  const directory = mkdtempSync(join(tmpdir(), 'ephtop-ink-'));
  onTestFinished(() => rmSync(directory, { recursive: true }));
  const made = join(directory, 'line-update.mjs');
  writeFileSync(
    made,
    withFastLines(readFileSync(file, 'utf8'))
      .replace(/^\/\/# sourceMappingURL.*$/m, '')
      .replace(`'ansi-escapes'`, `'${urlOf('node_modules/ansi-escapes/index.js')}'`)
      .replace(`'string-width'`, `'${urlOf('node_modules/string-width/index.js')}'`),
  );
  const patched = (await import(/* @vite-ignore */ urlOf(made))) as { default: LineUpdate };
  const styles = ['\u001B[31m', '\u001B[39m', '\u001B[1m', '\u001B[22m'];
  const plain = ['abc', '12', '█▏', '│', '⠿', '→', '≤', ' ', 'é'];
  const others = ['e\u0301', '漢', '⚠\uFE0F', '\u200B'];
  const part = fc.constantFrom(...styles, ...plain, ...others);
  const line = fc.array(part, { maxLength: 10 });
  fc.assert(
    fc.property(
      fc.tuple(line, line, line),
      fc.integer({ min: 1, max: 30 }),
      ([begin, before, after], columns) => {
        const [previous, next] = [before, after].map((end) => [...begin, ...end].join(''));
        const written = [own, patched].map(({ default: lineUpdate }) =>
          lineUpdate(previous ?? '', next ?? '', columns),
        );
        expect(written[1]).toBe(written[0]);
      },
    ),
    { numRuns: 2000 },
  );
});

test('another version of a file stops the build', () => {
  expect(() => withRememberedCells('export default 1;')).toThrow('ink/build/output.js has changed');
  expect(() => withFastTokenizer('')).toThrow('ink/build/ansi-tokenizer.js has changed');
  expect(() => withFastLines('')).toThrow('ink/build/line-update.js has changed');
});
