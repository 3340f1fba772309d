import { describe, expect, test } from 'vitest';
import { LimitMemory, type LimitState } from '../../src/model/limit-memory.ts';
import type { ConnectFailures } from '../../src/model/sample/refusal-memory.ts';
import type { Sample } from '../../src/model/sample/sample.ts';
import { connections, sampleOfSockets, SMALL_RANGE, timeWaits } from '../helpers/sockets.ts';

const NOON = Date.UTC(2026, 10, 21, 12);

interface Look {
  /** Seconds after noon. */
  readonly at: number;
  /** Of 100 ports. */
  readonly used: number;
  /** In all, so far; undefined: they cannot be seen. */
  readonly refused?: number;
  /** Refused per second, as the sample has it. */
  readonly perSecond?: number;
  readonly range?: string;
}

function sampleAt({ at, used, refused, perSecond, range = '40000 40099' }: Look): Sample {
  const sample = sampleOfSockets(connections(used), {
    takenAtMs: NOON + at * 1000,
    sysctls: { ...SMALL_RANGE, 'net.ipv4.ip_local_port_range': range },
  });
  if (refused === undefined) return sample;
  const connectFailures: ConnectFailures = {
    perSecond: perSecond ?? (refused === 0 ? 0 : 1),
    lastMinute: refused,
    total: refused,
    processes: [],
  };
  return { ...sample, groups: sample.groups.map((group) => ({ ...group, connectFailures })) };
}

/** What is remembered after these looks. */
function after(...looks: readonly Look[]): LimitState | undefined {
  const memory = new LimitMemory();
  let state: LimitState | undefined;
  for (const look of looks) {
    const sample = sampleAt(look);
    state = memory.push(sample).get(sample.groups[0]?.key ?? '');
  }
  return state;
}

const at = (seconds: number) => NOON + seconds * 1000;

describe('a group that is out of ports', () => {
  test('is not one that has room', () => {
    expect(after({ at: 0, used: 99 })).toBeUndefined();
  });

  test('is told of at once, from the first look', () => {
    expect(after({ at: 0, used: 100 })).toEqual({
      stage: 'dry',
      sinceMs: at(0),
      lastMs: at(0),
      times: 1,
      madeBeforePerSecond: undefined,
      mostWantedPerSecond: undefined,
      refusedWithFree: undefined,
    });
  });

  test.each([
    ['stays there', [100, 100, 100], 1],
    ['had ports for less than 5 s, as between two turns of the wheel', [100, 99, 100], 1],
    ['had ports for longer', [100, 99, 99, 100], 2],
    ['had them twice', [100, 99, 99, 100, 99, 99, 100], 3],
  ])('how often, where it %s', (_, used, times) => {
    const looks = used.map((each, index) => ({ at: 1.67 * index, used: each }));
    expect(after(...looks)?.times).toBe(times);
  });

  test.for([
    ['40000 40099', 99, false],
    ['40000 40100', 99, false],
    ['40000 40100', 100, true],
  ] as const)('in the range %s with %i in use: %s', ([range, used, isDry]) => {
    expect(after({ at: 0, used, range })?.stage === 'dry').toBe(isDry);
  });

  test.for([
    // For 1.5 s it does not matter how much came free.
    [0.1, 10, 'dry'],
    [1.4, 10, 'dry'],
    [1.5, 10, 'recovering'],
    // Then more than a quarter of the ports is room.
    [1.5, 74, 'recovering'],
    [1.5, 75, 'dry'],
    // After 5 s in which nobody wanted one, less is enough.
    [4.9, 75, 'dry'],
    [5, 75, 'recovering'],
    [59.9, 74, 'recovering'],
    // After a minute it is over, whatever is left.
    [60, 74, 'over'],
    [60, 99, 'over'],
  ] as const)('%i s later, with %i of 100 in use: %s', ([seconds, used, stage]) => {
    expect(after({ at: 0, used: 100 }, { at: seconds, used })).toMatchObject({
      stage,
      sinceMs: at(0),
      lastMs: at(0),
    });
  });

  test.for([
    [55, 10, 'recovering'],
    [54, 10, 'recovering'],
    [55, 99, 'dry'],
    [54, 99, 'recovering'],
  ] as const)(
    '30 s later, with a close of %i s from now and %i in use: %s',
    ([second, used, stage]) => {
      const memory = new LimitMemory();
      memory.push(sampleAt({ at: 0, used: 100 }));
      const sample = sampleAt({ at: 30, used });
      const drainSchedule = Array.from({ length: 60 }, (_, index) => (index === second ? 1 : 0));
      const groups = sample.groups.map((group) => ({ ...group, drainSchedule }));
      const [state] = memory.push({ ...sample, groups }).values();
      expect(state?.stage).toBe(stage);
    },
  );

  test.for([
    // Room is more than a quarter of the ports; 10 s of it end the episode.
    [74, 39.9, 0],
    [74, 40, 40],
    [75, 40, 0],
    [75, 59.9, 0],
  ] as const)(
    'with %i in use from 30 s on, dry again at %d s: since %d s',
    ([used, again, since]) => {
      const state = after({ at: 0, used: 100 }, { at: 30, used }, { at: again, used: 100 });
      expect(state).toMatchObject({ stage: 'dry', sinceMs: at(since), lastMs: at(again) });
    },
  );

  test('that had room is told by its forecast until it is at its limit again', () => {
    const stages = (used: readonly number[]) => {
      const looks = used.map((each, second) => ({ at: second, used: each }));
      return looks.map((_, last) => after(...looks.slice(0, last + 1))?.stage);
    };
    const [dry, room] = ['dry', 'recovering'];
    expect(stages([100, 75, 80, 85, 99, 100])).toEqual([dry, dry, dry, dry, dry, dry]);
    expect(stages([100, 74, 74, 85, 99, 100])).toEqual([dry, dry, room, room, room, dry]);
    expect(stages([100, 74, 75, 85, 99, 100])).toEqual([dry, dry, dry, dry, dry, dry]);
  });

  test.for([
    // Free ports of 100, half a second apart. What comes free and stays free is room, from a tenth of the ports on.
    ['stay', [0, 17, 17, 17, 17], 'recovering'],
    ['stay for less than 1.5 s', [0, 17, 17, 17], 'dry'],
    ['are hardly taken', [0, 17, 17, 16, 14], 'recovering'],
    ['would be gone in 5 s', [0, 17, 17, 16, 13], 'dry'],
    ['come and are gone again', [0, 17, 17, 9, 17], 'dry'],
    ['are a tenth', [0, 10, 10, 10, 10], 'dry'],
    ['are more', [0, 11, 11, 11, 11], 'recovering'],
    ['had stayed, and are taken then', [0, 17, 17, 17, 17, 12, 7], 'recovering'],
    ['had stayed, and are gone', [0, 17, 17, 17, 17, 12, 0], 'dry'],
  ] as const)('whose ports %s', ([, free, stage]) => {
    const looks = free.map((each, index) => ({ at: index / 2, used: 100 - each }));
    expect(after(...looks)?.stage).toBe(stage);
  });

  test.for([0, 3])('that had room is told by its forecast until it is refused: %i', (refused) => {
    const state = after(
      { at: 0, used: 100, refused: 0 },
      { at: 2, used: 74, refused: 0 },
      { at: 3, used: 90, refused },
    );
    expect(state?.stage).toBe(refused > 0 ? 'dry' : 'recovering');
  });

  test('after a minute of room it is another one', () => {
    const looks = [
      { at: 0, used: 100 },
      { at: 60, used: 60 },
      { at: 61, used: 100 },
    ] as const;
    expect(after(...looks)).toMatchObject({ stage: 'dry', sinceMs: at(61) });
  });

  test('is forgotten a quarter of an hour later', () => {
    const dry = { at: 0, used: 100 };
    expect(after(dry, { at: 959, used: 10 })).toMatchObject({ stage: 'over', lastMs: at(0) });
    expect(after(dry, { at: 960, used: 10 })).toBeUndefined();
  });

  test('may have no socket for a moment', () => {
    const memory = new LimitMemory();
    memory.push(sampleAt({ at: 0, used: 100 }));
    memory.push(sampleAt({ at: 1, used: 0 }));
    const back = sampleAt({ at: 2, used: 5 });
    expect(memory.push(back).get(back.groups[0]?.key ?? '')).toMatchObject({ sinceMs: at(0) });
  });

  test('is not remembered where the clock was set back', () => {
    expect(after({ at: 100, used: 100 }, { at: 0, used: 10 })).toBeUndefined();
  });
});

describe('refusals', () => {
  test('make it one, whatever is free', () => {
    const state = after({ at: 0, used: 60, refused: 0 }, { at: 0.25, used: 60, refused: 3 });
    expect(state).toMatchObject({ stage: 'dry', refusedWithFree: 40 });
  });

  test('of before the first look do so where they go on', () => {
    expect(after({ at: 0, used: 60, refused: 3 })?.stage).toBe('dry');
  });

  test('that have stopped do not renew it', () => {
    const state = after(
      { at: 0, used: 60, refused: 0 },
      { at: 1, used: 60, refused: 3 },
      {
        at: 40,
        used: 60,
        refused: 3,
      },
    );
    expect(state).toMatchObject({ stage: 'recovering', lastMs: at(1) });
  });

  test('the highest demand of an episode never falls within it, and is none of the next', () => {
    const memory = new LimitMemory();
    const mostAfter = (seconds: number, used: number, wanted: number | undefined) => {
      const [state] = memory
        .push(sampleAt({ at: seconds, used, refused: 0 }), () => wanted)
        .values();
      return state?.mostWantedPerSecond;
    };
    const wanted = [undefined, 5, 30, 10, undefined];
    const most = [undefined, 5, 30, 30, 30];
    expect(wanted.map((each, second) => mostAfter(second, 100, each))).toEqual(most);
    expect(mostAfter(40, 60, 500)).toBe(30);
    expect(mostAfter(63, 60, 500)).toBe(30);
    expect(mostAfter(65, 100, 7)).toBe(7);
  });

  test.for([
    // Of 100 ports, 40 come free at once: at 8/s that is 5 s.
    [7.9, 'recovering'],
    [8, 'dry'],
    [undefined, 'dry'],
  ] as const)('room for 5 s of the demand, %f/s, ends it at once: %s', ([wanted, stage]) => {
    const memory = new LimitMemory();
    const looks = [
      { at: 0, used: 100, refused: 4 },
      { at: 0.25, used: 60, refused: 4 },
    ];
    const states = looks.map((look) => [...memory.push(sampleAt(look), () => wanted).values()][0]);
    expect(states.map((state) => state?.stage)).toEqual(['dry', stage]);
  });

  test('contradict the model only where ports were free at both looks', () => {
    const first = { at: 0, used: 100, refused: 0 };
    expect(after(first, { at: 0.25, used: 60, refused: 3 })?.refusedWithFree).toBeUndefined();
  });

  test.for([
    // A batch of timers, and a refusal of the moment before it.
    [100, 60, 62, undefined],
    [96, 60, 62, undefined],
    [92, 60, 62, 8],
    [60, 60, 62, 38],
    // A batch in which they came to be heard of.
    [60, 92, 60, 8],
    [60, 60, 92, 8],
  ] as const)('heard of late, with %i, %i and %i in use: %j', ([first, second, third, seen]) => {
    const state = after(
      { at: 0, used: first, refused: 5 },
      { at: 0.25, used: second, refused: 5 },
      { at: 0.5, used: third, refused: 8 },
    );
    expect(state?.refusedWithFree).toBe(seen);
  });

  test.for([
    [5, 3, undefined],
    [7, 3, undefined],
    [8, 3, 8],
    [8, 4, undefined],
  ] as const)('%i free and %i refused: %s', ([free, refused, contradicted]) => {
    const used = 100 - free;
    const state = after({ at: 0, used, refused: 0 }, { at: 0.25, used, refused });
    expect(state?.refusedWithFree).toBe(contradicted);
  });

  test('are no contradiction where TIME_WAIT comes and goes in lots', () => {
    const memory = new LimitMemory();
    const busy = (seconds: number, refused: number) => {
      const sample = sampleOfSockets(
        [...timeWaits(30, 1000), ...timeWaits(30, 59_500, {}, 40_030)],
        { takenAtMs: at(seconds) },
      );
      const connectFailures = { perSecond: 1, lastMinute: refused, total: refused, processes: [] };
      return {
        ...sample,
        groups: sample.groups.map((group) => ({ ...group, free: 30, connectFailures })),
      };
    };
    memory.push(busy(0, 0));
    const now = busy(0.25, 5);
    expect(memory.push(now).get(now.groups[0]?.key ?? '')?.refusedWithFree).toBeUndefined();
  });

  test.for([
    // 2.1 s more than what is between the looks, in whole seconds of the schedule.
    [0.89, 2, false],
    [0.89, 3, true],
    [1, 3, false],
    [1, 4, true],
  ] as const)('%d s apart, with 40 due in second %i: a contradiction %j', ([gap, second, seen]) => {
    const memory = new LimitMemory();
    const busy = (seconds: number, refused: number) => {
      const sample = sampleAt({ at: seconds, used: 60, refused });
      const drainSchedule = Array.from({ length: 60 }, (_, index) => (index === second ? 40 : 0));
      return { ...sample, groups: sample.groups.map((group) => ({ ...group, drainSchedule })) };
    };
    memory.push(busy(0, 0));
    const now = busy(gap, 3);
    const state = memory.push(now).get(now.groups[0]?.key ?? '');
    expect(state?.refusedWithFree !== undefined).toBe(seen);
  });

  describe('that contradict', () => {
    const looks = [
      { at: 0, used: 60, refused: 0 },
      { at: 1, used: 60, refused: 3 },
    ] as const;

    test('are believed for 10 s, however many ports look free', () => {
      expect(after(...looks, { at: 10.9, used: 60, refused: 3 })).toMatchObject({
        stage: 'dry',
        refusedWithFree: 40,
      });
      expect(after(...looks, { at: 11, used: 60, refused: 3 })).toMatchObject({
        stage: 'recovering',
        refusedWithFree: undefined,
      });
    });

    test.for([
      [59, 40],
      [60, 40],
      [61, undefined],
    ] as const)('%i of 60 are open a second later: %s', ([used, contradicted]) => {
      expect(after(...looks, { at: 2, used, refused: 3 })?.refusedWithFree).toBe(contradicted);
    });

    test('are so no more once somebody had a port, be it for a moment', () => {
      const { groups, ...sample } = sampleAt({ at: 2, used: 60, refused: 3 });
      const [group] = groups;
      if (group === undefined) throw new Error('no group');
      const afterCloses = (closes: number) => {
        const memory = new LimitMemory();
        for (const look of looks) memory.push(sampleAt(look));
        const drainSchedule = [...group.drainSchedule.slice(0, -1), closes];
        const now = { ...sample, groups: [{ ...group, drainSchedule }] };
        return memory.push(now).get(group.key)?.refusedWithFree;
      };
      expect([afterCloses(0), afterCloses(1)]).toEqual([40, undefined]);
    });

    test('may do so again in the same episode', () => {
      const more = [
        { at: 2, used: 61, refused: 3 },
        { at: 3, used: 61, refused: 6 },
      ];
      expect(after(...looks, ...more)).toMatchObject({ sinceMs: at(1), refusedWithFree: 39 });
    });
  });
});

describe('the rate before it', () => {
  const growing = (perLook: number, looks: number, everySeconds = 0.25) =>
    Array.from({ length: looks }, (_, look) => ({ at: look * everySeconds, used: perLook * look }));

  test('is that of the last seconds', () => {
    const state = after(...growing(5, 20), { at: 5, used: 100 });
    expect(state?.madeBeforePerSecond).toBeCloseTo(20, 0);
  });

  test('stays as long as it is dry', () => {
    const state = after(
      ...growing(5, 20),
      { at: 5, used: 100 },
      { at: 30, used: 98 },
      { at: 50, used: 100 },
    );
    expect(state?.madeBeforePerSecond).toBeCloseTo(20, 0);
  });

  test('is not told by looks that are less than 0.9 s apart', () => {
    expect(after({ at: 0, used: 10 }, { at: 0.899, used: 100 })).toMatchObject({
      madeBeforePerSecond: undefined,
    });
    expect(after({ at: 0, used: 10 }, { at: 0.9, used: 100 })).toMatchObject({
      madeBeforePerSecond: 100,
    });
  });

  test('has the part of the last look, in which the ports ran out', () => {
    const state = after({ at: 0, used: 10 }, { at: 0.5, used: 50 }, { at: 1, used: 100 });
    expect(state?.madeBeforePerSecond).toBe(90);
  });

  test('is that of the last 3 s', () => {
    const rate = (seconds: number) =>
      after({ at: 0, used: 10 }, { at: seconds, used: 100 })?.madeBeforePerSecond;
    expect(rate(3)).toBe(30);
    expect(rate(3.001)).toBeUndefined();
  });

  test('is the mean of a wave, not its crest', () => {
    const wave = (seconds: number) => 7 * seconds + 2 * Math.sin((2 * Math.PI * seconds) / 6);
    const looks = Array.from({ length: 53 }, (_, look) => ({
      at: look / 4,
      used: Math.round(wave(look / 4)),
    }));
    const state = after(...looks, { at: 13.25, used: 100, range: '40000 40092' });
    expect(state?.madeBeforePerSecond).toBeGreaterThan(6.5);
    expect(state?.madeBeforePerSecond).toBeLessThan(7.5);
  });

  test.for([
    [20, 30],
    [19, 40],
  ] as const)('of %d a second and then 40 is %d', ([first, mean]) => {
    const state = after(
      { at: 0, used: 1 },
      { at: 1, used: first + 1 },
      { at: 5, used: first + 1 },
      { at: 6, used: first + 41 },
      { at: 9.5, used: 100 },
    );
    expect(state?.madeBeforePerSecond).toBe(mean);
  });

  test('is that of the last 10 s', () => {
    const rate = (seconds: number) =>
      after({ at: 0, used: 10 }, { at: 1, used: 40 }, { at: 1 + seconds, used: 100 })
        ?.madeBeforePerSecond;
    expect(rate(10)).toBe(30);
    expect(rate(10.001)).toBeUndefined();
  });

  test('is not that of long ago', () => {
    const state = after(...growing(5, 16), { at: 14, used: 80 }, { at: 20, used: 100 });
    expect(state?.madeBeforePerSecond ?? 0).toBeLessThan(10);
  });
});
