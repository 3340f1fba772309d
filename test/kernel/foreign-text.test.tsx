import fc from 'fast-check';
import { Text } from 'ink';
import { describe, expect, it } from 'vitest';
import {
  type ForeignText,
  printable,
  printableJson,
  rawText,
} from '../../src/kernel/foreign-text.ts';

const INVISIBLE = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}]/gu;
const anyText = fc.oneof(
  fc.string({ unit: 'binary' }),
  // Halves of characters as well, as JSON may hold them.
  fc.array(fc.nat(0xffff)).map((units) => String.fromCharCode(...units)),
);

describe('printable', () => {
  it.each([
    ['ESC', '\u001b[2J', '\\x1b[2J'],
    ['NUL', '\u0000', '\\x00'],
    ['a newline', 'a\nb', 'a\\x0ab'],
    ['DEL', '\u007f', '\\x7f'],
    ['C1: CSI in one character', '\u009b2J', '\\x9b2J'],
    ['C1: OSC in one character', '\u009d0;title\u009c', '\\x9d0;title\\x9c'],
    ['right-to-left override', '\u202e', '\\u{202e}'],
    ['isolates', '\u2066\u2069', '\\u{2066}\\u{2069}'],
    ['marks', '\u200e\u200f\u061c', '\\u{200e}\\u{200f}\\u{61c}'],
    [
      'characters without width',
      'a\u200b\u200d\u2060\ufeff',
      'a\\u{200b}\\u{200d}\\u{2060}\\u{feff}',
    ],
    ['a soft hyphen', '\u00ad', '\\xad'],
    ['tags', '\u{e0041}', '\\u{e0041}'],
    ['fillers and variation selectors', '\u3164\ufe0f', '\\u{3164}\\u{fe0f}'],
    ['half a character', 'a\ud83d', 'a\\u{d83d}'],
    ['separators of lines and paragraphs', '\u2028\u2029', '\\u{2028}\\u{2029}'],
    ['ordinary text, also of others', 'héllo 世界 → 🙂', 'héllo 世界 → 🙂'],
    ['NBSP, right behind C1', '\u00a0', '\u00a0'],
  ])('%s', (_, text, escaped) => expect(printable(text)).toBe(escaped));

  it('leaves nothing invisible and keeps everything else', () => {
    fc.assert(
      fc.property(anyText, (text) => {
        const escaped = printable(text);
        expect(escaped).not.toMatch(INVISIBLE);
        expect(escaped.replace(/\\x([0-9a-f]{2})|\\u\{([0-9a-f]+)\}/g, '')).toBe(
          text.replace(INVISIBLE, '').replace(/\\x([0-9a-f]{2})|\\u\{([0-9a-f]+)\}/g, ''),
        );
        expect(printable(escaped)).toBe(escaped);
      }),
    );
  });
});

describe('printableJson', () => {
  it('writes what is invisible as \\u and parses to the same value', () => {
    fc.assert(
      fc.property(fc.dictionary(anyText, anyText), fc.boolean(), (value, isIndented) => {
        const json = printableJson(value, isIndented ? 2 : undefined);
        expect(json.replaceAll('\n', '')).not.toMatch(INVISIBLE);
        expect(json.includes('\n')).toBe(isIndented && Object.keys(value).length > 0);
        expect(JSON.parse(json)).toEqual(value);
      }),
    );
  });

  it('keeps ordinary text', () => expect(printableJson({ a: 'é → 🙂' })).toBe('{"a":"é → 🙂"}'));
});

/**
 * Checked by the compiler, never run: what would print foreign text is an error. If one of these became valid, tsc would
 * report the directive above it as unused.
 */
/* oxlint-disable typescript/restrict-template-expressions -- the compiler is on trial, not the linter */
export function doesNotCompile(
  foreign: ForeignText,
  list: readonly ForeignText[],
  maybe?: ForeignText,
): unknown {
  const print = (text: string) => text;
  // @ts-expect-error -- no string
  print(foreign);
  // @ts-expect-error -- in a template
  print(`${foreign}`);
  // @ts-expect-error -- in a template, with a default
  print(`${maybe ?? 'unknown'}`);
  // @ts-expect-error -- put together
  print('host ' + foreign);
  // @ts-expect-error -- added
  print('host '.concat(foreign));
  // @ts-expect-error -- a replacement
  print('%s'.replace('%s', foreign));
  // @ts-expect-error -- converted
  print(String(foreign));
  // @ts-expect-error -- converted
  print(foreign.toString());
  // @ts-expect-error -- joined
  print(list.join(', '));
  // @ts-expect-error -- joined, among others
  print(['host', foreign].join(' '));
  // @ts-expect-error -- cut
  print(foreign.slice(0, 8));
  // @ts-expect-error -- written
  process.stdout.write(foreign);
  // @ts-expect-error -- an error's message
  const error = new Error(foreign);
  // @ts-expect-error -- drawn
  return [error, <Text key="a">{foreign}</Text>];
}

/* oxlint-enable typescript/restrict-template-expressions */

/** What has to compile, so that the type is no burden. */
export function compiles(foreign: ForeignText, texts: (string | undefined)[]): string[] {
  const own: ForeignText = 'a text of our own';
  return [
    printable(foreign),
    printable(own),
    rawText(foreign) === own ? 'same' : 'other',
    foreign === '' ? 'none' : 'some',
    texts.join(' '),
    [1, 2].map(String).join(' '),
    String(12),
  ];
}
