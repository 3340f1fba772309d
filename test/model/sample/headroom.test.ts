import { expect, test } from 'vitest';
import { headroomPercent } from '../../../src/model/sample/headroom.ts';

test.for([
  [0, 100, 100],
  [25, 100, 75],
  [100, 100, 0],
  [101, 100, 0],
  [1, 0, 0],
] as const)('%i of %i ports in use is a headroom of %d %%', ([used, usable, percent]) => {
  expect(headroomPercent(used, usable)).toBe(percent);
});
