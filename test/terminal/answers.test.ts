import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Answer, AnswerFilter } from '../../src/terminal/answers.ts';
import { click } from '../helpers/terminal-keys.ts';

const DARK = { type: 'background', background: 'dark' } as const;
const LIGHT = { type: 'background', background: 'light' } as const;
const ATTRIBUTES = { type: 'attributes' } as const;

function read(pieces: readonly string[], isExpecting: boolean) {
  const filter = new AnswerFilter();
  const answers: Answer[] = [];
  let keys = '';
  for (const piece of pieces) {
    const pushed = filter.push(piece, isExpecting);
    answers.push(...pushed.answers);
    keys += pushed.keys;
  }
  return { keys, answers, filter };
}

describe('an answer is taken out of the keys', () => {
  test.for<[text: string, answer: Answer]>([
    ['\x1b]11;rgb:1e1e/1e1e/1e1e\x1b\\', DARK],
    ['\x1b]11;rgb:ffff/ffff/ffff\x07', LIGHT],
    ['\x1b]11;rgb:ff/ff/ff\x1b\\', LIGHT],
    ['\x1b]11;RGB:FD/F6/E3\x07', LIGHT],
    ['\x1b]11;rgba:0000/0000/0000/ffff\x1b\\', DARK],
    ['\x1b]11;rgba:ff/ff/ff/80\x07', LIGHT],
    ['\x1b]11;#fdf6e3\x1b\\', LIGHT],
    ['\x1b]11;\x1b\\', { type: 'background', background: 'unknown' }],
    ['\x1b[?1;2c', ATTRIBUTES],
    ['\x1b[?64;1;2;4;6;9;15;16;17;18;21;22;28c', ATTRIBUTES],
    ['\x1b[?6c', ATTRIBUTES],
    ['\x1b[?997;1n', { type: 'scheme', background: 'dark' }],
    ['\x1b[?997;2n', { type: 'scheme', background: 'light' }],
  ])('%j', ([text, answer]) => {
    for (const isExpecting of [false, true]) {
      const { keys, answers } = read([`j${text}k`], isExpecting);
      expect({ keys, answers }).toEqual({ keys: 'jk', answers: [answer] });
    }
  });
});

const KEYS = [
  'q',
  '\x1b[A',
  '\x1b[1;2B',
  click(3, 4),
  '\x1b[I',
  '\x1b[200~1\x1b[201~',
  '\x1bj',
  'é',
];
const ANSWERS = [
  '\x1b]11;rgb:1e1e/1e1e/1e1e\x1b\\',
  '\x1b]11;rgba:ff/ff/ff/ff\x07',
  '\x1b[?64;1;2c',
  '\x1b[?997;2n',
];

test('whatever is pressed between answers, and wherever a read ends, the keys are what was pressed', () => {
  const part = fc.oneof(
    fc.constantFrom(...KEYS).map((text) => ({ text, keys: text })),
    fc.constantFrom(...ANSWERS).map((text) => ({ text, keys: '' })),
  );
  fc.assert(
    fc.property(fc.array(part, { maxLength: 12 }), fc.array(fc.nat(200)), (parts, cuts) => {
      const text = parts.map((each) => each.text).join('');
      const ends = [0, ...cuts.map((cut) => cut % (text.length + 1)), text.length];
      ends.sort((a, b) => a - b);
      const pieces = ends.slice(1).map((end, index) => text.slice(ends[index], end));
      const { keys, answers, filter } = read(pieces, true);
      expect(keys + filter.giveUp()).toBe(parts.map((each) => each.keys).join(''));
      expect(answers).toHaveLength(parts.filter((each) => each.keys === '').length);
    }),
  );
});

test('no key waits while no answer is expected', () => {
  for (const key of ['\x1b', '\x1b[', '\x1b]', ...KEYS]) expect(read([key], false).keys).toBe(key);
  // Escape, then keys that an answer begins with as well.
  expect(read(['\x1b', '[', '?', '1', 'j'], false).keys).toBe('\x1b[?1j');
});

test('a report that comes after its ESC was taken for a key is not read as keys', () => {
  expect(read(['\x1b', '[?997;1n', 'j'], false)).toMatchObject({
    keys: '\x1bj',
    answers: [{ type: 'scheme', background: 'dark' }],
  });
  expect(read(['\x1b', ']11;rgb:00/', '00/00\x1b', '\\j'], false)).toMatchObject({
    keys: '\x1bj',
    answers: [DARK],
  });
});

test('Escape that is held back is given up; the rest of an answer is still no key', () => {
  const { keys, filter } = read(['\x1b'], true);
  expect({ keys, isHolding: filter.isHolding }).toEqual({ keys: '', isHolding: true });
  expect(filter.giveUp()).toBe('\x1b');
  expect(filter.isHolding).toBe(false);
  expect(filter.giveUp()).toBe('');
  expect(filter.push(']11;rgb:0/0/0\x07q', true)).toEqual({ keys: 'q', answers: [DARK] });
});

test.for([
  ['\x1b]11;rgb:1e1e/1e\x03', '\x03'],
  ['\x1b]11;rgb:1e1e/1eq', 'q'],
  [`\x1b]11;rgb:1e\x1b[A`, '\x1b[A'],
] as const)('of an answer that is cut off nothing is left: %j', ([text, keys]) => {
  for (const at of [1, 4, 8, text.length - 1])
    expect(read([text.slice(0, at), text.slice(at)], true)).toMatchObject({ keys, answers: [] });
});

test('an answer without an end holds back no more than its length', () => {
  expect(read([`\x1b]11;${'f'.repeat(100)}`], true).keys).toBe('f'.repeat(60));
});
