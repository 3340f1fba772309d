import { describe, expect, it, test } from 'vitest';
import { describeProblem, ParseError, quoteUntrusted } from '../../src/kernel/parse-error.ts';

describe('quoteUntrusted', () => {
  it.each([
    ['', '""'],
    ['zz', '"zz"'],
    ['x'.repeat(60), `"${'x'.repeat(60)}"`],
    ['x'.repeat(61), `"${'x'.repeat(60)}…"`],
    [`${'x'.repeat(59)}🙂`, `"${'x'.repeat(59)}…"`],
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

test('a long field, which may be of the file as well, is cut', () => {
  expect(describeProblem({ file: 'f', field: 'x'.repeat(61), got: '1' })).toBe(
    `f: cannot read ${'x'.repeat(60)}… from "1"`,
  );
});

test('a file of one value has no line', () => {
  expect(describeProblem({ file: 'f', field: 'a port range', got: 'x' })).toBe(
    'f: cannot read a port range from "x"',
  );
});
