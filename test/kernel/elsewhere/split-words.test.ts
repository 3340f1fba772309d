import { spawnSync } from 'node:child_process';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { splitWords, WordsError } from '../../../src/kernel/elsewhere/split-words.ts';

describe('a command is split into words as a POSIX shell would', () => {
  test.each([
    ['ssh proxy-7', ['ssh', 'proxy-7']],
    ['  ssh\t-o  BatchMode=yes\nproxy-7 ', ['ssh', '-o', 'BatchMode=yes', 'proxy-7']],
    ['docker exec -i web sh', ['docker', 'exec', '-i', 'web', 'sh']],
    [`ssh 'my host' "a b"c\\ d`, ['ssh', 'my host', 'a bc d']],
    [`x '' ""`, ['x', '', '']],
    [`x "a\\"b" 'a\\b' "a\\b" \\'`, ['x', 'a"b', 'a\\b', 'a\\b', "'"]],
    ['x $HOME * ~ | ; & # `id`', ['x', '$HOME', '*', '~', '|', ';', '&', '#', '`id`']],
    ['x a\\\nb', ['x', 'ab']],
  ])('%j', (text, words) => {
    expect(splitWords(text)).toEqual(words);
  });

  test.each([
    ["ssh 'host", "A ' has no other end."],
    ['ssh "host', 'A " has no other end.'],
    ['ssh \\', 'A backslash at the end escapes nothing.'],
    ['', 'The command is empty.'],
    [' \t', 'The command is empty.'],
    ["'' x", 'The command is empty.'],
  ])('%j is refused in a sentence', (text, sentence) => {
    expect(() => splitWords(text)).toThrow(new WordsError(sentence));
  });

  test('a shell makes the same words of any quotes, blanks and backslashes', () => {
    const text = fc
      .array(fc.constantFrom('a', 'b', ' ', "'", '"', '\\', '\t'), { minLength: 1, maxLength: 12 })
      .map((parts) => `x${parts.join('')}`);
    const cases = fc.sample(text, { numRuns: 300, seed: 18 }).filter(canBeSplit);
    expect(cases.length).toBeGreaterThan(50);
    const script = cases.map((each) => `printf '[%s]' ${each.slice(0)}; echo`).join('\n');
    const { stdout } = spawnSync('sh', ['-c', script], { encoding: 'utf8' });
    const expected = cases.map((each) =>
      splitWords(each)
        .map((word) => `[${word}]`)
        .join(''),
    );
    expect(stdout.trimEnd().split('\n')).toEqual(expected);
  });
});

function canBeSplit(text: string): boolean {
  try {
    splitWords(text);
    return true;
  } catch {
    return false;
  }
}
