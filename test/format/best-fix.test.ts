import { describe, expect, test } from 'vitest';
import { bestFix, effectText, followedText, promiseText } from '../../src/format/best-fix.ts';
import { limitReached, type LimitState } from '../../src/model/limit-memory.ts';
import type { FollowedAdvice } from '../../src/model/followed-advice.ts';
import { connections, modelOf, timeWaits } from '../helpers/sockets.ts';

describe('the best fix', () => {
  test('says what it is and what it does', () => {
    const model = modelOf(timeWaits(95, 40_000));
    expect(bestFix(model, 100)).toMatch(
      /^fix, headroom 5\.0% → 100\.0%: Let connect\(\) take over ports in TIME_WAIT/,
    );
    expect(bestFix(model, 80)).toMatch(/^fix 5\.0% → 100\.0%: Let connect\(\) take over/);
  });

  test('is not called for on a healthy machine', () => {
    expect(bestFix(modelOf(connections(3)), 80)).toBeUndefined();
    expect(bestFix(modelOf([]), 80)).toBeUndefined();
  });

  test('promises nothing where headroom stays as it is', () => {
    const model = modelOf(connections(95));
    const [best] = model.advice;
    if (best === undefined) throw new Error('no advice');
    const effect = { ...best.effect, headroomAfter: best.effect.headroomBefore };
    expect(bestFix({ ...model, advice: [{ ...best, effect }] }, 80)).toBe(`fix: ${best.title}`);
  });
});

test.for([
  // Ports that its demand needs, of 100; in how many seconds it runs out.
  [75, null, 'recovering', true],
  [74, null, 'recovering', false],
  [74, 120, 'recovering', true],
  [74, null, 'dry', true],
] as const)(
  'after an outage whose demand needs %i of 100 ports, out again in %j s, %s: told %j',
  ([wantedPorts, etaSeconds, stage, isTold]) => {
    const model = modelOf(timeWaits(95, 40_000));
    if (model.worst === undefined) throw new Error('no group');
    const limit = { ...limitReached(model.sample.takenAtMs), stage };
    const worst = { ...model.worst, limit, mostDemandPerSecond: 2, wantedPorts, etaSeconds };
    const told = (demand: number | null) =>
      bestFix({ ...model, worst: { ...worst, mostDemandPerSecond: demand } }, 80) !== undefined;
    expect(told(2)).toBe(isTold);
    // Of a demand that is not known nothing is enough.
    expect(told(null)).toBe(true);
  },
);

test('where there is no room for all of an effect, what lasts of it is said', () => {
  const model = modelOf(timeWaits(95, 40_000));
  const [best] = model.advice;
  if (best === undefined) throw new Error('no advice');
  const fix = (headroomAfter: number, headroomAfterMinute: number, width: number) => {
    const effect = { ...best.effect, headroomBefore: 5, headroomAfter, headroomAfterMinute };
    return bestFix({ ...model, advice: [{ ...best, title: 'Do it', effect }] }, width);
  };
  const whole = 'fix, headroom 5.0% → 94.1%, 52.0% after a minute: Do it';
  const shorter = 'fix 5.0% → 94.1%, 52.0% after a minute: Do it';
  const shortest = 'fix 5.0% → 52.0%: Do it';
  const texts = [whole.length, whole.length - 1, shorter.length, shorter.length - 1];
  expect(texts.map((width) => fix(94.1, 52, width))).toEqual([whole, shorter, shorter, shortest]);
  expect(fix(52, 94.1, 20)).toBe(shortest);
});

const DONE: FollowedAdvice = {
  id: 'widen-port-range',
  title: 'Widen the range',
  key: 'gone',
  label: 'gone',
  atMs: 0,
  commands: [],
  promised: { headroomBefore: 0, headroomAfter: 90, headroomAfterMinute: 90 },
};

const EFFECT = { group: '', headroomBefore: 0, headroomAfter: 94.1, headroomAfterMinute: 52 };

test.for([
  [52, '0.0% → 94.1%, 52.0% after a minute'],
  [93, '0.0% → 94.1%, 93.0% after a minute'],
  // Less than one percent is no other.
  [93.2, '0.0% → 93.2%'],
  [94.1, '0.0% → 94.1%'],
  [95, '0.0% → 94.1%'],
  [95.2, '0.0% → 94.1%, 95.2% after a minute'],
] as const)('of an effect that is %i %% a minute later is said: %s', ([later, text]) => {
  expect(effectText({ ...EFFECT, headroomAfterMinute: later })).toBe(text);
});

test.for([
  // At once and after a minute; in words, and in the fewest.
  [99.9, 99.3, '0.0% → about 99.3%', '~99.3%'],
  [70, 93.8, '0.0% → 70.0%, about 93.8% after a minute', '70.0%, then ~93.8%'],
  [100, 100, '0.0% → 100.0%', '100.0%'],
  [52, 100, '0.0% → 52.0%, 100.0% after a minute', '52.0%, then 100.0%'],
] as const)(
  'a demand that is not known exactly makes no bound: %d %%, %d %% later',
  ([headroomAfter, headroomAfterMinute, text, short]) => {
    const promised = { headroomBefore: 0, headroomAfter, headroomAfterMinute, isAtMost: true };
    expect(effectText(promised)).toBe(text);
    const done = { ...DONE, promised };
    expect(followedText(done, [], DONE.atMs, 45)).toBe(
      `done: promised ${short}, group gone: ${DONE.title}`,
    );
  },
);

describe('a suggestion that was followed', () => {
  const model = modelOf(timeWaits(95, 40_000));
  const { takenAtMs } = model.sample;
  const [group] = model.groups;
  const done = {
    id: 'enable-tw-reuse',
    title: 'Let connect() take over ports in TIME_WAIT',
    key: group?.key ?? '',
    label: group?.label ?? '',
    atMs: takenAtMs - 12_000,
    commands: ['sysctl -w net.ipv4.tcp_tw_reuse=1'],
    promised: EFFECT,
  } as const;

  test('is held against what came', () => {
    expect(followedText(done, model.groups, takenAtMs)).toBe(
      'done 12 s ago: promised 0.0% → 94.1%, 52.0% after a minute; now 5.0%: Let connect() take over ports in TIME_WAIT',
    );
  });

  test.for([
    [80, 'done 12 s ago: promised 0.0% → 94.1%, 52.0% after a minute; now 5.0%: '],
    [68, 'done 12 s ago: promised 0.0% → 94.1%, 52.0% after a minute; now 5.0%: '],
    [67, 'done 12 s ago: promised 94.1%, then 52.0%; now 5.0%: '],
    [51, 'done 12 s ago: promised 94.1%, then 52.0%; now 5.0%: '],
    [50, 'done: promised 94.1%, then 52.0%, now 5.0%: '],
    [44, 'done: promised 94.1%, then 52.0%, now 5.0%: '],
    // What came of it is not cut: what lasts is promised, as in the short form of the fix.
    [43, 'done 12 s ago: promised 52.0%; now 5.0%: '],
    [37, 'done: promised 52.0%, now 5.0%: '],
    [27, 'done: promised 52.0%, now 5.0%: '],
  ] as const)('in %i columns the promise and the result are there', ([width, text]) => {
    expect(followedText(done, model.groups, takenAtMs, width)).toBe(text + done.title);
  });

  test.for([80, 20])('has no figure in %i columns where none was promised', (width) => {
    const promised = { headroomBefore: 5, headroomAfter: 5, headroomAfterMinute: 5 };
    expect(promiseText(promised)).toBe('no figure');
    expect(followedText({ ...done, promised }, model.groups, takenAtMs, width)).toMatch(
      /^done(?: 12 s ago)?: promised no figure[;,] now 5\.0%: /,
    );
  });

  test.for([
    [52, '52.0%'],
    [93, '93.0%'],
    [93.2, '93.2%'],
    [95.2, '95.2%'],
  ] as const)(
    'has in each width one promise, while the result is out and later: %f',
    ([later, end]) => {
      const promised = { ...EFFECT, headroomAfterMinute: later };
      const lasting = Math.min(later, 94.1).toFixed(1);
      const both = later === 93.2 ? [end] : ['94.1%', end];
      for (let width = 20; width < 120; width++) {
        const figures = [1000, 12_000].map((sinceMs) => {
          const groups = model.groups.map((each) => ({ ...each, freeAtLeast: sinceMs / 2400 }));
          const given = { ...done, promised, atMs: takenAtMs - sinceMs };
          const text = followedText(given, groups, takenAtMs, width);
          const [said = ''] = text.split(/[;:] now|, now|; the result/);
          return said.replace('0.0% → ', '').match(/[\d.]+%/g);
        });
        const fits = width >= 'done: promised 94.1%, then 52.0%, now 100.0%'.length;
        const expected = fits ? both : [`${lasting}%`];
        expect(figures).toEqual([expected, expected]);
      }
    },
  );

  describe('has beside it on a narrow screen the outage that was', () => {
    const text = (width: number, headroomAfterMinute: number, msAgo = 130_000) => {
      const stage = msAgo < 60_000 ? ('recovering' as const) : ('over' as const);
      const limit = { ...limitReached(takenAtMs - msAgo), stage };
      const groups = model.groups.map((each) => ({ ...each, limit }));
      const promised = { ...EFFECT, headroomAfterMinute };
      return followedText({ ...done, promised }, groups, takenAtMs, width);
    };

    test('and its promise', () => {
      expect(text(56, 94.1)).toMatch(/^done: promised 94.1%, now 5.0%; was out 2 min ago: Let/);
      expect(text(85, 94.1)).toMatch(
        /^done 12 s ago: promised 94.1%, now 5.0%; was out 2 min ago: Let/,
      );
      expect(text(86, 94.1)).toMatch(/^done 12 s ago: promised 0.0% → 94.1%; now 5.0%: Let/);
      expect(text(36, 94.1)).toMatch(/^done: promised 94.1%, now 5.0%: Let/);
    });

    test.for([
      [62, 'done 12 s ago: promised 52.0%, now 5.0%; was out 2 min ago'],
      [57, 'done: promised 52.0%, now 5.0%; was out 2 min ago'],
      [63, 'done: promised 94.1%, then 52.0%, now 5.0%; was out 2 min ago'],
    ] as const)('of two figures in %i columns as many as there is room for', ([width, said]) => {
      expect(text(width, 52)).toContain(`${said}: Let`);
    });

    test('in each width one promise, before the outage is over as after', () => {
      for (let width = 20; width < 120; width++) {
        const [before, after] = [12_000, 130_000].map((msAgo) => {
          const [said = ''] = text(width, 52, msAgo).split(/[;,] now/);
          return said.replace('0.0% → ', '').match(/[\d.]+%/g);
        });
        expect(before).toEqual(after);
      }
    });
  });

  test('may be of a group that has gone, or of the moment', () => {
    const text = followedText({ ...done, atMs: takenAtMs + 1 }, [], takenAtMs);
    expect(text).toMatch(/^done (0|less than 1) s ago: promised .*; the group has gone: Let/);
  });

  test.for([
    // Of 5 ports free, so many are there for sure.
    [2999, 0, /; the result shows after 3 s: Let/],
    [3000, 0, /; now 0\.0%: Let/],
    [2999, 5, /; now 5\.0%: Let/],
  ] as const)(
    'says %i ms later, with %i ports for sure, what came',
    ([msAgo, freeAtLeast, text]) => {
      const groups = model.groups.map((each) => ({
        ...each,
        freeAtLeast,
        headroomPercentAtLeast: freeAtLeast,
        headroomPercent: freeAtLeast,
      }));
      const given = { ...done, atMs: takenAtMs - msAgo };
      expect(followedText(given, groups, takenAtMs)).toMatch(text);
    },
  );

  test('goes before the best one', () => {
    expect(bestFix({ ...model, followed: [done] }, 80)).toMatch(/^done 12 s ago: /);
  });

  describe('while the group is out of ports', () => {
    const [best] = model.advice;
    const { worst } = model;
    if (best === undefined || worst === undefined) throw new Error('no advice');
    const other = { ...best, id: 'widen-port-range', title: 'Widen the range' } as const;
    const inStage = (stage: LimitState['stage'], doneMsAgo: number, advice = [other]) =>
      bestFix(
        {
          ...model,
          worst: { ...worst, limit: { ...limitReached(takenAtMs), stage } },
          followed: [{ ...done, atMs: takenAtMs - doneMsAgo }],
          advice: advice.map((each) => ({ ...each })),
        },
        80,
      );

    test.for([
      ['dry', 10_000, /^done 10 s ago/],
      ['dry', 10_001, /Widen the range$/],
      ['recovering', 10_001, /^done 10 s ago/],
      ['over', 10_001, /^done 10 s ago/],
    ] as const)('%s, %i ms after it was done', ([stage, msAgo, text]) => {
      expect(inStage(stage, msAgo)).toMatch(text);
    });

    test('it stays where nothing else is suggested', () => {
      expect(inStage('dry', 30_000, [])).toMatch(/^done 30 s ago/);
    });
  });
});
