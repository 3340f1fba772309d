import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Model } from '../../../src/model/model.ts';
import type { GroupModel } from '../../../src/model/group-model.ts';
import { severityOf } from '../../../src/model/severity.ts';
import { Announcer } from '../../../src/ui/speech/announcer.ts';
import { connections, modelOf } from '../../helpers/sockets.ts';

const MODEL = modelOf(connections(1));

/** A worst group: its key, headroom in percent, seconds left. */
type Look = readonly [key: string, headroomPercent: number, etaSeconds: number | null];

const HEALTHY: Look = ['a', 60, null];
const WARNING: Look = ['a', 20, null];
const CRITICAL: Look = ['a', 5, null];

function modelAt(seconds: number, [key, headroomPercent, etaSeconds]: Look): Model {
  const { worst } = MODEL;
  if (worst === undefined) throw new Error('there is a group');
  const group: GroupModel = {
    ...worst,
    key,
    headroomPercent,
    etaSeconds,
    free: etaSeconds === 0 ? 0 : 100,
    severity: severityOf({ headroomPercent }, etaSeconds),
  };
  return { ...MODEL, worst: group, sample: { ...MODEL.sample, takenAtMs: 1000 * seconds } };
}

/** The seconds at which a verdict is said, of looks twice a second; the first is said by itself. */
function spokenAt(lookAt: (seconds: number) => Look, seconds: number, busy = false): number[] {
  const announcer = new Announcer();
  announcer.said(modelAt(0, lookAt(0)));
  const spoken: number[] = [];
  for (let at = 0.5; at <= seconds; at += 0.5) {
    const model = modelAt(at, lookAt(at));
    if (announcer.push(model, busy) === undefined) continue;
    announcer.said(model);
    spoken.push(at);
  }
  return spoken;
}

test.for<[name: string, look: (seconds: number) => Look, spoken: number[]]>([
  ['nothing while nothing changes', () => CRITICAL, []],
  ['nothing of which healthy group is the fullest', (at) => [`${at % 3}`, 60 - (at % 7), null], []],
  ['at once what gets worse', (at) => (at < 3 ? HEALTHY : at < 4 ? WARNING : CRITICAL), [3, 4]],
  ['at once that the ports are out', (at) => (at < 3 ? ['a', 5, 9] : ['a', 0, 0]), [3]],
  ['what gets better after a while', (at) => (at < 2 ? CRITICAL : HEALTHY), [20]],
  [
    'what gets better and was said long before when it has lasted',
    (at) => (at < 70 ? CRITICAL : WARNING),
    [75],
  ],
  ['nothing of what wavers', (at) => (at % 4 < 2 ? CRITICAL : WARNING), []],
  ['another group when it has lasted', (at) => [at < 30 ? 'a' : 'b', 5, null], [35]],
  ['not two groups that take turns', (at) => [at % 6 < 3 ? 'a' : 'b', 5, null], []],
  [
    // Critical from 30 s on; the minute was said late, as the warning before it was news.
    'a countdown by its orders of magnitude',
    (at) => ['a', 20, Math.max(0, 70 - at)],
    [20, 40, 60, 70],
  ],
  ['a far end rarely', (at) => ['a', 60, 4000 - at], [400]],
])('says %s', ([, look, spoken]) => {
  expect(spokenAt(look, spoken.length === 0 ? 300 : (spoken.at(-1) ?? 0) + 5)).toEqual(spoken);
});

test('who is busy reading is interrupted by what is worse only', () => {
  expect(spokenAt((at) => ['a', 20, Math.max(0, 70 - at)], 80, true)).toEqual([40, 70]);
});

test('what else was said begins the quiet anew', () => {
  const announcer = new Announcer();
  announcer.said(modelAt(0, CRITICAL));
  const other: Look = ['b', 5, null];
  expect(announcer.push(modelAt(8, other))).toBeUndefined();
  announcer.spoke(modelAt(12, other));
  expect(announcer.push(modelAt(21, other))).toBeUndefined();
  expect(announcer.push(modelAt(22, other))).toBe('other');
});

test('a key silences what is being spoken, however long it was', () => {
  const better = (key: boolean) => {
    const announcer = new Announcer();
    announcer.said(modelAt(0, CRITICAL), 600);
    if (key) announcer.silenced();
    announcer.spoke(modelAt(1, CRITICAL), 2);
    return [6, 20, 21, 60, 61].map((at) => announcer.push(modelAt(at, HEALTHY)) !== undefined);
  };
  expect(better(true)).toEqual([false, false, true, true, true]);
  // A long reading is waited for a minute at most.
  expect(better(false)).toEqual([false, false, false, false, true]);
});

test('a group that recovered unheard and is out of ports again is news at once', () => {
  const [out, room] = [['a', 0, 0] as Look, ['a', 60, null] as Look];
  const announcer = new Announcer();
  announcer.said(modelAt(0, out), 30);
  const heard = [10, 14, 15].map((at) => announcer.push(modelAt(at, room)));
  expect([...heard, announcer.push(modelAt(16, out))]).toEqual([
    undefined,
    undefined,
    undefined,
    'worse',
  ]);
  // Room for a moment is none.
  announcer.said(modelAt(30, out), 30);
  for (const at of [40, 44]) announcer.push(modelAt(at, room));
  expect(announcer.push(modelAt(46, out))).toBeUndefined();
});

test('who is busy reading hears after a while that all is well again', () => {
  const announcer = new Announcer();
  announcer.said(modelAt(0, CRITICAL), 10);
  announcer.spoke(modelAt(30, CRITICAL), 5);
  const better = [36, 49, 50].map((at) => announcer.push(modelAt(at, WARNING), true));
  expect(better).toEqual([undefined, undefined, 'better']);
});

test('a clock that is set back silences nobody', () => {
  const announcer = new Announcer();
  announcer.said(modelAt(10_000, WARNING));
  const better = [0, 6, 7].map((at) => announcer.push(modelAt(at, HEALTHY)));
  expect(better).toEqual([undefined, 'better', 'better']);
});

test('whatever comes, only what gets worse is said within 10 s of another verdict', () => {
  const look = fc.tuple(
    fc.constantFrom('a', 'b'),
    fc.integer({ min: 0, max: 100 }),
    fc.option(fc.integer({ min: 0, max: 5000 }), { nil: null }),
  );
  fc.assert(
    fc.property(fc.array(look, { minLength: 40, maxLength: 200 }), (looks) => {
      const rank = ([, headroom, eta]: Look) =>
        eta === 0
          ? 3
          : ['info', 'warning', 'critical'].indexOf(severityOf({ headroomPercent: headroom }, eta));
      const at = (seconds: number): Look =>
        looks[Math.floor(seconds / 2) % looks.length] ?? HEALTHY;
      const spoken = [0, ...spokenAt(at, 2 * looks.length)];
      spoken.slice(1).forEach((seconds, index) => {
        const before = spoken[index] ?? 0;
        const isWorse = rank(at(seconds)) > rank(at(before));
        expect(isWorse || seconds - before >= 10).toBe(true);
      });
    }),
  );
});

test('a recording that is played fast is not talked about more often', () => {
  const [fast, slow] = [8, 1].map((pace) => {
    const announcer = new Announcer();
    announcer.said(modelAt(0, CRITICAL));
    return [6, 21, 100, 159, 161].map((at) => announcer.push(modelAt(at, HEALTHY), false, pace));
  });
  expect(slow).toEqual([undefined, 'better', 'better', 'better', 'better']);
  expect(fast).toEqual([undefined, undefined, undefined, undefined, 'better']);
  // What gets worse is said at once, however fast.
  const announcer = new Announcer();
  announcer.said(modelAt(0, HEALTHY));
  expect(announcer.push(modelAt(1, CRITICAL), false, 64)).toBe('worse');
});
