import { describe, expect, test } from 'vitest';
import { OwnerMemory } from '../../../src/model/sample/owner-memory.ts';
import type { GroupOwner } from '../../../src/model/sample/owners.ts';
import type { Sample } from '../../../src/model/sample/sample.ts';
import { connections, sampleOfSockets } from '../../helpers/sockets.ts';

const HAPROXY = { pid: 812, command: 'haproxy', sockets: 7 };
const CURL = { pid: 900, command: 'curl', sockets: 2 };
const closed = (owner: GroupOwner) => ({ ...owner, sockets: 0 });

/** A sample with a group for each list of owners, so many seconds after the first one. */
function sampleAt(seconds: number, ...owners: GroupOwner[][]): Sample {
  const sockets = owners.flatMap((_, index) => connections(1, { remotePort: 8000 + index }));
  const sample = sampleOfSockets(sockets);
  return {
    ...sample,
    takenAtMs: sample.takenAtMs + seconds * 1000,
    groups: sample.groups.map((group, index) => ({ ...group, owners: owners[index] ?? [] })),
  };
}

const ownersIn = ({ groups }: Sample) => groups.map(({ owners }) => owners);

describe('the owners of a group', () => {
  test('stay as long as the connections they closed, without sockets', () => {
    const memory = new OwnerMemory();
    expect(ownersIn(memory.recall(sampleAt(0, [HAPROXY, CURL])))).toEqual([[HAPROXY, CURL]]);
    expect(ownersIn(memory.recall(sampleAt(5, [HAPROXY])))).toEqual([[HAPROXY, closed(CURL)]]);
    expect(ownersIn(memory.recall(sampleAt(60, [])))).toEqual([[closed(HAPROXY), closed(CURL)]]);
    expect(ownersIn(memory.recall(sampleAt(61, [])))).toEqual([[closed(HAPROXY)]]);
    expect(ownersIn(memory.recall(sampleAt(66, [])))).toEqual([[]]);
  });

  test('who comes back has sockets again, and a new name', () => {
    const memory = new OwnerMemory();
    memory.recall(sampleAt(0, [HAPROXY]));
    memory.recall(sampleAt(1, []));
    const renamed = { ...HAPROXY, command: 'other' };
    expect(ownersIn(memory.recall(sampleAt(2, [renamed])))).toEqual([[renamed]]);
    expect(ownersIn(memory.recall(sampleAt(3, [])))).toEqual([[closed(renamed)]]);
  });

  test('the last one seen is the first of those without sockets', () => {
    const memory = new OwnerMemory();
    memory.recall(sampleAt(0, [HAPROXY]));
    memory.recall(sampleAt(1, [CURL]));
    expect(ownersIn(memory.recall(sampleAt(2, [])))).toEqual([[closed(CURL), closed(HAPROXY)]]);
  });

  test('are forgotten with the group, and are those of no other', () => {
    const memory = new OwnerMemory();
    memory.recall(sampleAt(0, [HAPROXY], [CURL]));
    expect(ownersIn(memory.recall(sampleAt(1, [], [])))).toEqual([
      [closed(HAPROXY)],
      [closed(CURL)],
    ]);
    memory.recall(sampleAt(2, []));
    expect(ownersIn(memory.recall(sampleAt(3, [], [])))).toEqual([[closed(HAPROXY)], []]);
  });
});

test('a sample in which nothing is to be added is as it was', () => {
  const sample = sampleAt(0, [HAPROXY], []);
  expect(new OwnerMemory().recall(sample)).toEqual(sample);
});
