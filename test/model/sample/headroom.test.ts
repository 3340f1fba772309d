import { describe, expect, test } from 'vitest';
import type { BoundPorts } from '../../../src/model/sample/bind-before-connect.ts';
import { headroomPercent, portsLostToOthers } from '../../../src/model/sample/headroom.ts';

test.for([
  [0, 100, 100],
  [25, 100, 75],
  [100, 100, 0],
  [101, 100, 0],
  [1, 0, 0],
] as const)('%i of %i ports in use is a headroom of %d %%', ([used, usable, percent]) => {
  expect(headroomPercent(used, usable)).toBe(percent);
});

describe('ports that a past rush would explain as well', () => {
  /** Of 1000 ports, those that one other tuple seems to have bound. */
  function lost(used: number, total: number, certain = 0) {
    const bound: BoundPorts = {
      holderOf: new Int32Array(65536),
      countOf: (tuple) => (tuple === 1 ? total : 0),
      total,
      certain,
      isCertain: (tuple) => tuple === 1 && certain > 0,
    };
    return portsLostToOthers(0, bound, used, { first: 500, second: 500 });
  }

  test.for([
    // Healthy without them, and exhausted with them: 8 % left.
    [750, 184, 0],
    // No longer healthy, with 24.9 %.
    [751, 184, 184],
    // Not exhausted with them: 10 %, and then 9.6 %.
    [450, 500, 500],
    [450, 502, 0],
  ] as const)('%i in use, %i in doubt: %i are counted', ([used, doubtful, count]) => {
    expect(lost(used, doubtful).count).toBe(count);
    expect(lost(used, doubtful).isLostTo(1)).toBe(count > 0);
    expect(lost(used, doubtful).isLostTo(0)).toBe(false);
  });

  test('are counted where it cannot', () => {
    expect(lost(750, 184, 184).count).toBe(184);
    expect(lost(750, 184, 184).isLostTo(1)).toBe(true);
  });
});
