import fc from 'fast-check';
import { expect, test } from 'vitest';
import { ReportParser } from '../../src/terminal/report-parser.ts';
import { click, wheelDown, wheelUp } from '../helpers/terminal-keys.ts';

const FOCUSED = '\x1b[I';
const UNFOCUSED = '\x1b[O';

const parse = (...pieces: string[]) => {
  const parser = new ReportParser();
  return pieces.flatMap((piece) => parser.push(piece));
};

test.for([
  [click(0, 0), [{ type: 'mouse', kind: 'click', column: 0, row: 0 }]],
  [click(211, 99), [{ type: 'mouse', kind: 'click', column: 211, row: 99 }]],
  [wheelUp(3, 4), [{ type: 'mouse', kind: 'wheel-up', column: 3, row: 4 }]],
  [wheelDown(3, 4), [{ type: 'mouse', kind: 'wheel-down', column: 3, row: 4 }]],
  [FOCUSED, [{ type: 'focus', focused: true }]],
  [UNFOCUSED, [{ type: 'focus', focused: false }]],
  // A right click, a drag and a click with Ctrl are not ours.
  ['\x1b[<2;5;5M\x1b[<32;5;5M\x1b[<16;5;5M', []],
  ['jk<0;1;1M\x1b[A\x1b[1;2B\x1b', []],
] as const)('%j', ([text, reports]) => {
  expect(parse(text)).toEqual(reports);
});

test('reports are found among keys, in their order, wherever the read was cut', () => {
  const text = `j${click(7, 8)}\x1b[B${FOCUSED}q${wheelDown(1, 2)}\x1b${UNFOCUSED}`;
  const whole = parse(text);
  expect(whole.map((report) => report.type)).toEqual(['mouse', 'focus', 'mouse', 'focus']);
  fc.assert(
    fc.property(fc.array(fc.nat(text.length), { maxLength: 5 }), (cuts) => {
      const ends = [0, ...cuts.toSorted((a, b) => a - b), text.length];
      const pieces = ends.slice(1).map((end, index) => text.slice(ends[index], end));
      expect(parse(...pieces)).toEqual(whole);
    }),
  );
});
