import { expect, test } from 'vitest';
import { mayMatch } from '../../../src/model/query/filter.ts';
import { parseFilter } from '../../../src/model/query/filter-words.ts';
import { connections, modelOf } from '../../helpers/sockets.ts';
test('groups whose owners are not all known may match a filter by owner', () => {
  const { words } = parseFilter('owner:haproxy dst:10.0.9.21');
  const [group] = modelOf(connections(3)).groups;
  if (group === undefined) throw new Error('no group');
  const known = { ...group, owners: [{ pid: 7, command: 'nginx', sockets: 3 }], unownedSockets: 0 };
  const owners = (change: object) => mayMatch([{ ...known, ...change }], words).length;
  expect(owners({})).toBe(0);
  expect(owners({ unownedSockets: 1 })).toBe(1);
  expect(owners({ unownedSockets: 1, remoteAddress: '10.0.9.22' })).toBe(0);
  expect(owners({ owners: [], liveUsed: 0 })).toBe(1);
  expect(owners({ owners: [{ pid: 8, command: 'haproxy', sockets: 1 }], unownedSockets: 2 })).toBe(
    0,
  );
  expect(mayMatch([{ ...known, unownedSockets: 1 }], parseFilter('dst:10.0.9.21').words)).toEqual(
    [],
  );
});
