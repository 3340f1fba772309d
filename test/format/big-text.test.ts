import { describe, expect, test } from 'vitest';
import { BIG_TEXT_ROWS, bigText, bigTextWidth } from '../../src/format/big-text.ts';
import { stringWidth } from '../../src/format/string-width.ts';

test('half a row a pixel', () => {
  expect(bigText('Ah!', 'half')).toEqual(['▄▀▄ █ █ █', '█▀█ █▀█ ▀', '▀ ▀ ▀ ▀ ▀']);
});

test('a row and two columns a pixel', () => {
  expect(bigText('T', 'whole')).toEqual(['██████', '  ██  ', '  ██  ', '  ██  ', '  ██  ']);
});

describe.for(['half', 'whole'] as const)('%s pixels', (size) => {
  test('every line has the width that is said, for whatever text', () => {
    for (const text of ['OUT OF PORTS', '95% FREE, 1/2?', 'é→x', '3 × 1,000: A-Z.', '']) {
      const lines = bigText(text, size);
      expect(lines).toHaveLength(BIG_TEXT_ROWS[size]);
      for (const line of lines) expect(stringWidth(line), text).toBe(bigTextWidth(text, size));
    }
  });
});
