import { expect, test } from 'vitest';
import { heldMark } from '../../src/format/held-mark.ts';
import { modelOf } from '../helpers/sockets.ts';

const at = (hours: number, minutes: number, seconds: number) =>
  modelOf([], { takenAtMs: new Date(2026, 10, 21, hours, minutes, seconds).getTime() });

const NOW = at(12, 4, 19);

test.for([
  [80, 38, ' PAST 12:03:41, 38 s ago; → forward, L live '],
  [40, 38, ' PAST 12:03:41, 38 s ago; L live '],
  [80, 0, ' PAST 12:04:19, just now; → forward, L live '],
  [80, 619, ' PAST 11:54:00, 10 min 19 s ago; → forward, L live '],
  // The clock was set back meanwhile.
  [80, -10, ' PAST 12:04:29, just now; → forward, L live '],
] as const)('at %i columns, %i s ago is %j', ([width, ago, mark]) => {
  const past = at(12, 4, 19 - ago);
  expect(heldMark({ past, frozen: undefined, latest: NOW }, width)).toBe(mark);
  expect(heldMark({ past, frozen: NOW, latest: NOW }, width)).toBe(mark);
});

test('a frozen screen says so, and a live one nothing', () => {
  const frozen = { past: undefined, frozen: at(12, 3, 41), latest: NOW };
  expect(heldMark(frozen, 80)).toBe(' FROZEN at 12:03:41, sampling goes on; p continues ');
  expect(heldMark(frozen, 50)).toBe(' FROZEN at 12:03:41; p continues ');
  expect(heldMark(frozen, 30)).toBe(' FROZEN at 12:03:41; p continues ');
  expect(heldMark({ ...frozen, frozen: undefined }, 80)).toBeUndefined();
});
