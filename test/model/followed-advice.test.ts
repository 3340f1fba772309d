import { expect, test } from 'vitest';
import type { Advice } from '../../src/model/advice/advice.ts';
import { FollowedMemory } from '../../src/model/followed-advice.ts';
import type { Sample } from '../../src/model/sample/sample.ts';
import { connections, sampleOfSockets, SMALL_RANGE } from '../helpers/sockets.ts';

const NOON = Date.UTC(2026, 10, 21, 12);
const REUSE = 'sysctl -w net.ipv4.tcp_tw_reuse=1';
const WIDEN = 'sysctl -w net.ipv4.ip_local_port_range="1024 65535"';
const RESERVE = 'sysctl -w net.ipv4.ip_local_reserved_ports="8080"';

const IN_FORCE = {
  reuse: { 'net.ipv4.tcp_tw_reuse': '1' },
  wide: { 'net.ipv4.ip_local_port_range': '1024 65535' },
  reserved: { 'net.ipv4.ip_local_reserved_ports': '8080' },
};

/** A sample so many seconds after noon, with these sysctls beside the usual ones. */
function at(seconds: number, ...sysctls: readonly Partial<typeof SMALL_RANGE>[]): Sample {
  return sampleOfSockets(connections(3), {
    takenAtMs: NOON + seconds * 1000,
    sysctls: Object.assign({}, SMALL_RANGE, ...sysctls),
  });
}

const effect = { group: '', headroomBefore: 0, headroomAfter: 99.8, headroomAfterMinute: 96.3 };
const advice = (id: Advice['id'], ...commands: string[]): Advice => ({
  id,
  severity: 'critical',
  title: `do ${id}`,
  why: '',
  commands,
  persist: '',
  caution: '',
  effect,
});
const SUGGESTED = {
  worst: { key: 'a group', label: 'its label' },
  advice: [
    advice('enable-tw-reuse', REUSE),
    advice('widen-port-range', WIDEN, RESERVE),
    advice('more-destinations'),
  ],
};

/** A memory that has taken these samples, each with the same suggestions; what it tells at the last. */
function after(...samples: readonly Sample[]) {
  const memory = new FollowedMemory();
  return samples.map((sample) => memory.push(sample, SUGGESTED)).at(-1);
}
const idsAfter = (...samples: readonly Sample[]) => after(...samples)?.map(({ id }) => id);

test('a suggestion is followed as soon as its setting is in force, and was not before', () => {
  expect(after(at(0), at(1), at(2, IN_FORCE.reuse))).toEqual([
    {
      id: 'enable-tw-reuse',
      title: 'do enable-tw-reuse',
      key: 'a group',
      label: 'its label',
      atMs: NOON + 2000,
      commands: [REUSE],
      promised: { headroomBefore: 0, headroomAfter: 99.8, headroomAfterMinute: 96.3 },
    },
  ]);
});

test('what was in force from the first look on was not followed', () => {
  expect(idsAfter(at(0, IN_FORCE.reuse), at(1, IN_FORCE.reuse))).toEqual([]);
});

test('one of two settings is half of it', () => {
  expect(idsAfter(at(0), at(1, IN_FORCE.wide))).toEqual([]);
  expect(idsAfter(at(0), at(1, IN_FORCE.wide), at(2, IN_FORCE.wide, IN_FORCE.reserved))).toEqual([
    'widen-port-range',
  ]);
  expect(idsAfter(at(0), at(1, IN_FORCE.wide, IN_FORCE.reserved))).toEqual(['widen-port-range']);
});

test('of two that were followed the newest stands first', () => {
  const both = [IN_FORCE.reuse, IN_FORCE.wide, IN_FORCE.reserved];
  expect(idsAfter(at(0), at(1, IN_FORCE.reuse), at(2, ...both))).toEqual([
    'widen-port-range',
    'enable-tw-reuse',
  ]);
});

test('one that is set back is told no more, be it by half', () => {
  expect(idsAfter(at(0), at(1, IN_FORCE.reuse), at(2))).toEqual([]);
  const wide = at(1, IN_FORCE.wide, IN_FORCE.reserved);
  expect(idsAfter(at(0), wide, at(2, IN_FORCE.wide, IN_FORCE.reserved))).toHaveLength(1);
  expect(idsAfter(at(0), wide, at(2, IN_FORCE.wide))).toEqual([]);
});

test('one that is set back and done again is told once, from the second time on', () => {
  const told = after(at(0), at(1, IN_FORCE.reuse), at(2), at(3, IN_FORCE.reuse));
  expect(told).toMatchObject([{ id: 'enable-tw-reuse', atMs: NOON + 3000 }]);
});

test('a change that was not suggested is no following', () => {
  expect(idsAfter(at(0), at(1, { 'net.ipv4.tcp_tw_reuse': '0' }))).toEqual([]);
  expect(idsAfter(at(0), at(1, { 'net.ipv4.ip_local_port_range': '2048 65535' }))).toEqual([]);
});

test('without a model there was no suggestion, and without a group none to hold it against', () => {
  const memory = new FollowedMemory();
  memory.push(at(0), undefined);
  expect(memory.push(at(1, IN_FORCE.reuse), undefined)).toEqual([]);
  memory.push(at(2), undefined);
  expect(memory.push(at(3, IN_FORCE.reuse), { ...SUGGESTED, worst: undefined })).toEqual([]);
});

test.for([
  [180.9, ['enable-tw-reuse']],
  [181, []],
] as const)('%i s after noon, of what was followed at 1 s is told: %j', ([seconds, told]) => {
  expect(idsAfter(at(0), at(1, IN_FORCE.reuse), at(seconds, IN_FORCE.reuse))).toEqual(told);
});

test('a clock that was set back forgets it', () => {
  expect(idsAfter(at(0), at(10, IN_FORCE.reuse), at(10, IN_FORCE.reuse))).toHaveLength(1);
  expect(idsAfter(at(0), at(10, IN_FORCE.reuse), at(9, IN_FORCE.reuse))).toEqual([]);
});
