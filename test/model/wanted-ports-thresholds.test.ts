import { expect, test } from 'vitest';
import type { GroupModel } from '../../src/model/group-model.ts';
import { limitReached } from '../../src/model/limit-memory.ts';
import { isMoreWanted, portsInAMinute, wantedPorts } from '../../src/model/wanted-ports.ts';
import { connections, modelOf } from '../helpers/sockets.ts';

function groupWith(changes: Partial<GroupModel>): GroupModel {
  const [group] = modelOf(connections(10)).groups;
  if (group === undefined) throw new Error('no group');
  return { ...group, ...changes };
}

test.for([
  // One in twenty made tells nothing of how long they are open, nor of who closes them.
  [5, { live: 10, timeWait: 6000 }],
  [5.1, { live: 196, timeWait: 3000 }],
  [100, { live: 10, timeWait: 3000 }],
] as const)('of 100 wanted a second %d are made, half closed here: %j', ([made, wanted]) => {
  const past = { madePerSecond: made, closedShare: 0.5 };
  expect(wantedPorts(groupWith({}), 100, past)).toEqual(wanted);
});

test.for([
  [0.79, 4740],
  [0.8, 6000],
])('of 100 made and wanted a second %f are closed here: %i', ([closedShare, timeWait]) => {
  const past = { madePerSecond: 100, closedShare };
  expect(wantedPorts(groupWith({}), 100, past).timeWait).toBe(timeWait);
});

test('the last minute tells, whatever the last seconds were like', () => {
  const lastMinute = { live: 30, madePerSecond: 60, closedShare: 1 };
  const past = { madePerSecond: 10, closedShare: 0.1, lastMinute };
  expect(wantedPorts(groupWith({}), 120, past)).toEqual({ live: 60, timeWait: 7200 });
});

test('ports are wanted for a minute ahead', () => {
  const leaking = groupWith({ growthPerSecond: 1.5, closesPerSecond: 0 });
  expect(portsInAMinute(leaking)).toMatchObject({ liveUsed: 100, timeWaitUsed: 0, used: 100 });
  expect(portsInAMinute(groupWith({ growthPerSecond: -1 })).liveUsed).toBe(0);
});

test.for([
  [true, 'dry', true],
  [false, 'dry', false],
  [true, 'recovering', false],
  [true, undefined, false],
] as const)('demand is a lower bound (%j) and ports are out (%s): %j', ([isBound, stage, more]) => {
  const limit = stage && { ...limitReached(0), stage };
  expect(isMoreWanted(groupWith({ isDemandLowerBound: isBound, limit }))).toBe(more);
});
