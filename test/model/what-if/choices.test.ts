import { expect, test } from 'vitest';
import {
  stepWhatIf,
  type WhatIfParameter,
  type WhatIfValue,
} from '../../../src/model/what-if/choices.ts';
import { scaledSchedule, type WhatIf } from '../../../src/model/what-if/changes.ts';
import { connections, sampleOfSockets, SMALL_RANGE } from '../../helpers/sockets.ts';

const written = (value: WhatIfValue | undefined) =>
  typeof value === 'object' ? `${value.low}-${value.high}` : value;

/** All that is offered in one direction, up to the last choice. */
function offered(
  parameter: WhatIfParameter,
  by: -1 | 1,
  sysctls: Partial<typeof SMALL_RANGE> = {},
) {
  const sample = sampleOfSockets(connections(1), { sysctls: { ...SMALL_RANGE, ...sysctls } });
  const found: ReturnType<typeof written>[] = [];
  let changes: WhatIf = {};
  for (;;) {
    const next = stepWhatIf(changes, parameter, by, sample);
    if (next === changes) return found;
    found.push(written(next[parameter]) ?? 'present');
    changes = next;
  }
}

test.for([
  ['destinations', [2, 3, 4, 6, 8, 12, 16]],
  ['sources', [2, 3, 4, 6, 8, 12, 16]],
  ['keepAlivePercent', [50, 80, 90, 95, 99]],
  ['rateFactor', [1.5, 2, 3, 5]],
  ['reuse', []],
  ['range', ['32768-60999', '15000-64999', '10000-65535', '1024-65535']],
] as const)('more of %s: %j', ([parameter, choices]) => {
  expect(offered(parameter, 1)).toEqual(choices);
});

test.for([
  ['destinations', []],
  ['keepAlivePercent', []],
  ['rateFactor', [0.5]],
  // It is 2 now.
  ['reuse', [1, 0]],
  ['range', []],
] as const)('less of %s: %j', ([parameter, choices]) => {
  expect(offered(parameter, -1)).toEqual(choices);
});

test.for([
  ['8000', ['32768-60999', '15000-64999', '10000-65535', '8000-65535']],
  ['10000', ['32768-60999', '15000-64999', '10000-65535']],
  ['10002', ['32768-60999', '15000-64999', '10002-65535']],
  ['50000', ['50000-65535']],
] as const)('with unprivileged ports from %s on, ranges are %j', ([start, choices]) => {
  expect(offered('range', 1, { 'net.ipv4.ip_unprivileged_port_start': start })).toEqual(choices);
});

test('a schedule is scaled by its running total: few sockets a second do not become many', () => {
  const few = Array.from({ length: 10 }, () => 1);
  expect(scaledSchedule(few, { times: 1, by: 4 })).toEqual([1, 0, 0, 0, 1, 0, 0, 0, 1, 0]);
  expect(scaledSchedule([3, 0, 5], { times: 2, by: 1 })).toEqual([6, 0, 10]);
});
