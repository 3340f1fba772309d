import { expect, test } from 'vitest';
import type { GroupModel } from '../../src/model/group-model.ts';
import { portsInAMinute, wantedPorts } from '../../src/model/wanted-ports.ts';
import { connections, modelOf } from '../helpers/sockets.ts';

function groupWith(changes: Partial<GroupModel>): GroupModel {
  const [group] = modelOf(connections(10)).groups;
  if (group === undefined) throw new Error('no group');
  return { ...group, ...changes };
}

test.for([
  // One in twenty made tells nothing of how long they are open, nor of who closes them.
  [5, { live: 10, timeWait: 6000 }],
  [5.1, { live: 196, timeWait: 1176 }],
  [100, { live: 10, timeWait: 60 }],
  [200, { live: 10, timeWait: 30 }],
] as const)('of 100 wanted a second %d are made, and 1 is closed here: %j', ([made, wanted]) => {
  expect(wantedPorts(groupWith({ closeRate: 1 }), 100, made)).toEqual(wanted);
});

test('ports are wanted for a minute ahead', () => {
  const leaking = groupWith({ growthPerSecond: 1.5, closesPerSecond: 0 });
  expect(portsInAMinute(leaking)).toMatchObject({ liveUsed: 100, timeWaitUsed: 0, used: 100 });
  expect(portsInAMinute(groupWith({ growthPerSecond: -1 })).liveUsed).toBe(0);
});
