import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { NO_OWNERS } from '../../../src/kernel/socket-owners.ts';
import { parseFilter } from '../../../src/model/query/filter-words.ts';
import { filterGroups } from '../../../src/model/query/filter.ts';
import { type GroupOwners, OwnerTally } from '../../../src/model/sample/owners.ts';
import { classify } from '../../../src/model/sample/classify.ts';
import { measure } from '../../../src/model/sample/measure.ts';
import {
  modelWithOwners,
  numbersFrom,
  ownersOf,
  sampleWithOwners,
  withInodes,
} from '../../helpers/owners.ts';
import { connections, reading, sampleOfSockets, timeWaits } from '../../helpers/sockets.ts';

/** The same by a Map and nothing else. */
function countPlainly(inodes: readonly number[], pidOf: (inode: number) => number): GroupOwners {
  const owned = inodes.filter((inode) => inode !== 0 && pidOf(inode) !== 0);
  const byPid = Map.groupBy(owned, pidOf);
  return {
    owners: Array.from(byPid, ([pid, { length }]) => ({ pid, command: `p${pid}`, sockets: length }))
      .toSorted((a, b) => a.pid - b.pid)
      .toSorted((a, b) => b.sockets - a.sockets),
    unownedSockets: inodes.filter((inode) => inode !== 0 && pidOf(inode) === 0).length,
  };
}

test('sockets are counted by owner, group after group', () => {
  // One inode in five is nobody's, one in five no inode.
  const groups = fc.array(fc.array(fc.integer({ min: 0, max: 24 })), { maxLength: 5 });
  fc.assert(
    fc.property(groups, (given) => {
      const pidOf = (inode: number) => inode % 5;
      const tally = new OwnerTally({ ...NO_OWNERS, pidOf, commandOf: (pid) => `p${pid}` });
      for (const inodes of given) {
        const doubled = inodes.flatMap((inode) => [inode, inode]);
        for (const inode of doubled) tally.add(inode);
        expect(tally.take()).toEqual(countPlainly(doubled, pidOf));
      }
    }),
  );
});

describe('the owners of a group', () => {
  const SOCKETS = [
    ...withInodes(connections(30), 100),
    ...timeWaits(20, 50_000, {}, 40_060),
    ...withInodes(connections(4, { remotePort: 9090 }), 200),
  ];
  const PROCESSES = [
    { pid: 900, command: 'curl', inodes: numbersFrom(100, 5) },
    { pid: 812, command: 'haproxy', inodes: [...numbersFrom(105, 20), 200, 201] },
    { pid: 700, command: 'idle', inodes: [1, 2, 3] },
  ];

  test('stand in it, most sockets first; TIME_WAIT has none', () => {
    const { groups, sampling } = sampleWithOwners(SOCKETS, PROCESSES, 14);
    expect(groups.map(({ owners, unownedSockets }) => ({ owners, unownedSockets }))).toEqual([
      {
        owners: [
          { pid: 812, command: 'haproxy', sockets: 20 },
          { pid: 900, command: 'curl', sockets: 5 },
        ],
        unownedSockets: 5,
      },
      { owners: [{ pid: 812, command: 'haproxy', sockets: 2 }], unownedSockets: 2 },
    ]);
    expect(sampling.ownersUnseen).toBe(14);
  });

  test('are none where nobody looks', () => {
    expect(sampleOfSockets(SOCKETS).groups[0]).toMatchObject({ owners: [], unownedSockets: 30 });
    expect(sampleOfSockets(timeWaits(3, 50_000)).groups[0]).toMatchObject({
      owners: [],
      unownedSockets: 0,
    });
  });

  test('count a socket once that was listed twice', () => {
    const { groups } = sampleWithOwners([...SOCKETS, ...SOCKETS.slice(0, 30)], PROCESSES);
    expect(groups[0]?.owners[0]?.sockets).toBe(20);
  });

  test('are asked for where the connection is outgoing and lives, and nowhere else', () => {
    const server = { local: '10.0.3.7', localPort: 80, state: 'LISTEN', inode: 1 } as const;
    const accepted = withInodes(
      connections(3, { localPort: 80, remote: '10.0.7.7', remotePort: 33_000 }),
      2,
    );
    const owners = ownersOf(PROCESSES);
    const wanted: number[] = [];
    const classified = classify(reading([server, ...accepted, ...SOCKETS]));
    classified.inodes((inode) => wanted.push(inode));
    measure(classified, { owners });
    expect(wanted.toSorted((a, b) => a - b)).toEqual([
      ...numbersFrom(100, 30),
      ...numbersFrom(200, 4),
    ]);
    expect(owners.asked).toBe(34);
  });

  test('are found by the filter, as the addresses are', () => {
    const { groups } = modelWithOwners(SOCKETS, [
      { pid: 812, command: 'HAProxy', inodes: [100] },
      { pid: 900, command: 'two words', inodes: [201] },
    ]);
    const ports = (expression: string) =>
      filterGroups(groups, parseFilter(expression).words).map(({ remotePort }) => remotePort);
    expect(ports('haproxy')).toEqual([8080]);
    expect(ports('HAPROXY 10.0.9')).toEqual([8080]);
    expect(ports('words 9090')).toEqual([9090]);
    expect(ports('haproxy 9090')).toEqual([]);
    expect(ports('10.0.9')).toEqual([8080, 9090]);
  });
});
