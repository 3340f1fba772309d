import { readFileSync } from 'node:fs';
import { describe, expect, test, vi } from 'vitest';
import { withLazySegmenter } from '../../../scripts/lazy-plugin.ts';

describe('a segmenter', () => {
  const code = "const S = new Intl.Segmenter(undefined, {granularity: 'word'});\nexport { S };\n";

  test('is made by its first use, once, with its options', async () => {
    const made = vi.spyOn(Intl, 'Segmenter');
    const source = encodeURIComponent(withLazySegmenter(code));
    const { S } = (await import(/* @vite-ignore */ `data:text/javascript,${source}`)) as {
      S: Intl.Segmenter;
    };
    expect(made).not.toHaveBeenCalled();
    const words = Array.from(S.segment('a bc'), ({ segment }) => segment);
    expect([words, Array.from(S.segment('d')).length]).toEqual([['a', ' ', 'bc'], 1]);
    expect(made.mock.calls).toEqual([[undefined, { granularity: 'word' }]]);
    made.mockRestore();
  });

  test('that is made in another way stops the build', () => {
    expect(() => withLazySegmenter('let s = new Intl.Segmenter();')).toThrow('lazy-plugin.ts');
  });

  test('of code without one leaves it alone', () => {
    expect(withLazySegmenter('const a = 1;\n')).toBe('const a = 1;\n');
  });
});

test.for([
  'slice-ansi/tokenize-ansi.js',
  'wrap-ansi/index.js',
  'ink/build/line-update.js',
  '@alcalzone/ansi-tokenize/build/tokenize.js',
])('%s has its segmenter as the build expects it', (file) => {
  const code = readFileSync(`node_modules/${file}`, 'utf8');
  expect(withLazySegmenter(code)).toContain('made ??= new Intl.Segmenter');
});
