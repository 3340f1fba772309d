import fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import {
  describeProblem,
  escapeControl,
  ParseError,
  quoteUntrusted,
} from '../../src/kernel/parse-error.ts';

describe('escapeControl', () => {
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
    ['separators of lines and paragraphs', '\u2028\u2029', '\\u{2028}\\u{2029}'],
    ['ordinary text, also of others', 'héllo 世界 → 🙂', 'héllo 世界 → 🙂'],
    ['NBSP, right behind C1', '\u00a0', '\u00a0'],
  ])('%s', (_, text, escaped) => expect(escapeControl(text)).toBe(escaped));

  it('leaves no control character and keeps everything else', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        const escaped = escapeControl(text);
        expect(escaped).not.toMatch(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u);
        expect(escaped.replace(/\\x([0-9a-f]{2})|\\u\{([0-9a-f]+)\}/g, '')).toBe(
          text.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, ''),
        );
      }),
    );
  });
});

describe('quoteUntrusted', () => {
  it.each([
    ['', '""'],
    ['zz', '"zz"'],
    ['x'.repeat(60), `"${'x'.repeat(60)}"`],
    ['x'.repeat(61), `"${'x'.repeat(60)}…"`],
    ['\u001b'.repeat(61), `"${'\\x1b'.repeat(60)}…"`],
  ])('%j', (text, quoted) => expect(quoteUntrusted(text)).toBe(quoted));
});

test('the message names file, line and field', () => {
  const problem = { file: '/proc/net/tcp', line: 17, field: 'rem_address', got: 'z\u001bz' };
  const message = '/proc/net/tcp line 17: cannot read rem_address from "z\\x1bz"';
  expect(describeProblem(problem)).toBe(message);
  const error = new ParseError(problem);
  expect(error).toMatchObject({ name: 'ParseError', message, problem });
});

test('a file of one value has no line', () => {
  expect(describeProblem({ file: 'f', field: 'a port range', got: 'x' })).toBe(
    'f: cannot read a port range from "x"',
  );
});
