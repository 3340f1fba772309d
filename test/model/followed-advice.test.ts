import { expect, test } from 'vitest';
import type { Advice } from '../../src/model/advice/advice.ts';
import { FollowedMemory } from '../../src/model/followed-advice.ts';
import { modelOf, connections, sampleOfSockets, SMALL_RANGE } from '../helpers/sockets.ts';

const NOON = Date.UTC(2026, 10, 21, 12);
const [WORST] = modelOf(connections(80)).groups;

const ADVICE = {
  id: 'tw-reuse',
  title: 'Reuse TIME_WAIT',
  commands: ['sysctl -w net.ipv4.tcp_tw_reuse=1'],
  effect: { headroomBefore: 5, headroomAfter: 90, headroomAfterMinute: 80 },
} as unknown as Advice;

const SUGGESTED = { advice: [ADVICE], worst: WORST };

/** What is told so many seconds after the sysctl was set, from noon on. */
function toldAfter(seconds: number) {
  const memory = new FollowedMemory();
  const at = (second: number, reuse: string) =>
    sampleOfSockets([], {
      takenAtMs: NOON + 1000 * second,
      sysctls: { ...SMALL_RANGE, 'net.ipv4.tcp_tw_reuse': reuse },
    });
  memory.push(at(-1, '2'), SUGGESTED);
  memory.push(at(0, '1'), SUGGESTED);
  return memory.push(at(seconds, '1'), SUGGESTED);
}

test('what became of a suggestion is told for three minutes', () => {
  expect(toldAfter(179.999)).toMatchObject([
    { id: 'tw-reuse', key: WORST?.key, atMs: NOON, promised: ADVICE.effect },
  ]);
  expect(toldAfter(180)).toEqual([]);
});

test('nothing is told of what was followed after now', () => {
  expect(toldAfter(0)).toHaveLength(1);
  expect(toldAfter(-0.001)).toEqual([]);
});
