import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseFilter, printFilter } from '../../../src/model/query/filter-words.ts';
import { filterGroups } from '../../../src/model/query/filter.ts';
import { FOLDINGS, foldGroups } from '../../../src/model/query/fold.ts';
import type { GroupModel } from '../../../src/model/group-model.ts';
import { modelWithOwners, numbersFrom, withInodes } from '../../helpers/owners.ts';
import { closedLately, connections, modelOf, type TestSocket } from '../../helpers/sockets.ts';

const from = (last: number, remotePort = 8080) => ({ local: `10.0.3.${last}`, remotePort });

const { groups } = modelWithOwners(
  [
    ...withInodes(connections(10, from(7)), 100),
    ...closedLately(50, from(7), 40_010),
    ...withInodes(connections(70, from(8)), 200),
    ...connections(5, from(9, 443)),
  ],
  [
    { pid: 1, command: 'haproxy', inodes: [...numbersFrom(100, 10), ...numbersFrom(200, 30)] },
    { pid: 2, command: 'curl', inodes: numbersFrom(230, 40) },
  ],
);

const labels = (folded: readonly GroupModel[]) => folded.map(({ label }) => label);

test('labels are what the members have in common, the fullest first as the groups are', () => {
  expect(labels(foldGroups(groups, 'destination'))).toEqual(['10.0.9.21:8080', '10.0.9.21:443']);
  expect(labels(foldGroups(groups, 'owner'))).toEqual(['curl', 'haproxy', 'owner not known']);
  expect(labels(foldGroups(groups, 'source'))).toEqual(['10.0.3.8', '10.0.3.7', '10.0.3.9']);
  expect(foldGroups([], 'owner')).toEqual([]);
});

describe('a fold', () => {
  const [fold] = foldGroups(groups, 'destination');

  test('has the ports and the headroom of its worst member', () => {
    expect(fold).toMatchObject({ headroomPercent: 30, free: 30, used: 70, usable: 100 });
    expect(fold?.fold).toMatchObject({ by: 'destination', members: 2 });
    expect(fold?.fold?.worst.label).toBe('10.0.3.8 → 10.0.9.21:8080');
  });

  test('has sums of connections and closes, and all the owners', () => {
    expect(fold).toMatchObject({ liveUsed: 80, timeWaitUsed: 50, reusable: 0, closeRate: 5 });
    expect(fold?.drainSchedule.reduce((sum, count) => sum + count)).toBe(50);
    expect(fold?.owners).toEqual([
      { pid: 1, command: 'haproxy', sockets: 40 },
      { pid: 2, command: 'curl', sockets: 40 },
    ]);
  });

  test('ends with the first member that does, and is as bad as the worst of them', () => {
    const [first, second] = groups.map(({ etaSeconds }) => etaSeconds);
    expect(first).toBeNull();
    expect(second).toBeGreaterThan(0);
    expect(fold?.etaSeconds).toBe(second);
    expect(fold?.severity).toBe('critical');
    expect(fold?.fold?.worst.severity).toBe('info');
  });

  test.for([
    ['info', 'info', 'info'],
    ['info', 'warning', 'warning'],
    ['warning', 'warning', 'warning'],
    ['critical', 'warning', 'critical'],
  ] as const)('of %s and %s is %s', ([one, other, severity]) => {
    const members = groups
      .slice(0, 2)
      .map((group, index) => ({ ...group, severity: index === 0 ? one : other }));
    expect(foldGroups(members, 'destination')[0]).toMatchObject({ severity });
  });

  test('keeps its label when members come and go', () => {
    expect(foldGroups(groups.slice(1), 'destination')[0]?.label).toBe(fold?.label);
  });
});

test('every group is in one fold, and the words of that leave its members', () => {
  const address = fc.constantFrom(
    '10.0.3.7',
    '10.0.3.70',
    '10.0.3.71',
    '2001:db8::1',
    '2001:db8::',
  );
  const socket = fc
    .record({ local: address, remote: address, remotePort: fc.integer({ min: 1, max: 4 }) })
    .filter(({ local, remote }) => local.includes(':') === remote.includes(':'));
  const sockets = fc
    .array(socket, { maxLength: 40 })
    .map((given) =>
      given.map((each, index): TestSocket => ({ ...each, localPort: 40_000 + index })),
    );
  fc.assert(
    fc.property(sockets, fc.constantFrom(...FOLDINGS), (given, by) => {
      const model = modelOf(given);
      const members = foldGroups(model.groups, by).flatMap(({ fold, liveUsed }) => {
        const { words } = parseFilter(printFilter(fold?.words ?? []));
        const left = filterGroups(model.groups, words);
        expect(left).toHaveLength(fold?.members ?? 0);
        expect(liveUsed).toBe(left.reduce((sum, group) => sum + group.liveUsed, 0));
        return left;
      });
      expect(labels(members).toSorted()).toEqual(labels(model.groups).toSorted());
    }),
  );
});
