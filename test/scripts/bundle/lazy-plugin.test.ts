import { readFileSync } from 'node:fs';
import { describe, expect, test, vi } from 'vitest';
import { withLazySegmenter } from '../../../scripts/lazy-plugin.ts';

/** The segmenter of a module as the build has it. */
async function segmenterOf(code: string): Promise<Pick<Intl.Segmenter, 'segment'>> {
  const source = encodeURIComponent(withLazySegmenter(code));
  const loaded: unknown = await import(/* @vite-ignore */ `data:text/javascript,${source}`);
  return (loaded as { S: Intl.Segmenter }).S;
}

describe('a segmenter', () => {
  const code =
    "const S = new Intl.Segmenter(undefined, {granularity: 'grapheme'});\nexport { S };\n";
  const segmentsOf = (segments: Intl.Segments) =>
    Array.from(segments, ({ segment, index }) => [index, segment]);

  test('is made by the first text that is not ASCII, once, with its options', async () => {
    const made = vi.spyOn(Intl, 'Segmenter');
    const S = await segmenterOf(code);
    expect(segmentsOf(S.segment('a\u001B[1mb'))).toEqual(
      ['a', '\u001B', '[', '1', 'm', 'b'].map((segment, index) => [index, segment]),
    );
    expect(made).not.toHaveBeenCalled();
    expect(segmentsOf(S.segment('ae\u0301'))).toEqual([
      [0, 'a'],
      [1, 'e\u0301'],
    ]);
    expect(segmentsOf(S.segment('👩‍👩‍👧'))).toHaveLength(1);
    expect(made.mock.calls).toEqual([[undefined, { granularity: 'grapheme' }]]);
    made.mockRestore();
  });

  test('whose segments are asked for by place is made by the first text', async () => {
    const S = await segmenterOf(`${code}export const f = (s) => s.containing(0);`);
    expect(S.segment('ab').containing(1)).toMatchObject({ index: 1, segment: 'b' });
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
