import { expect, test } from 'vitest';
import { NONE_BOUND } from '../../../src/model/sample/bound-ports/findings.ts';
import { carefully, headroomPercent, signsOf } from '../../../src/model/sample/headroom.ts';

test.for([
  [0, 100, 100],
  [25, 100, 75],
  [100, 100, 0],
  [101, 100, 0],
  [1, 0, 0],
] as const)('%i of %i ports in use is a headroom of %d %%', ([used, usable, percent]) => {
  expect(headroomPercent(used, usable)).toBe(percent);
});

test.for([
  [25, 75, undefined],
  [24, 76, true],
] as const)(
  'of an own range with %i of its ports free and %i taken: is it assumed? %s',
  ([free, taken, isAssumed]) => {
    const found = {
      certain: 0,
      possible: 0,
      suspected: 0,
      ownRange: { low: 40_000, high: 40_099, free, taken },
    };
    const careful = carefully(900, { possible: [0, 0, 0] }, NONE_BOUND, found);
    expect(careful).toMatchObject({ freeAtLeast: free, ownHeadroomPercent: free });
    expect(careful.isAssumed).toBe(isAssumed);
  },
);

test.for([
  [0, 0, false, 0],
  [0, 1, true, 1],
  [2, 3, true, 5],
] as const)(
  'of 9 ports in doubt those count as signs for which evidence speaks: %i certain, %i supported',
  ([certain, suspected, isSuspected, ports]) => {
    const signs = signsOf({ certain, possible: 9, suspected });
    expect(signs).toEqual({ suspected: isSuspected, ports, certain: certain > 0 });
  },
);
