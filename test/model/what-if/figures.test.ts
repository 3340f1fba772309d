import { describe, expect, test } from 'vitest';
import { whatIfFigureLines } from '../../../src/format/what-if.ts';
import { buildModel } from '../../../src/model/model.ts';
import { advise } from '../../../src/model/advice/advise.ts';
import type { WhatIf } from '../../../src/model/what-if/changes.ts';
import { whyNoStep } from '../../../src/model/what-if/choices.ts';
import { whatIfFigures } from '../../../src/model/what-if/figures.ts';
import { whatIfPrices } from '../../../src/model/what-if/prices.ts';
import { applyWhatIf } from '../../../src/model/what-if/what-if.ts';
import {
  closedLately,
  connections,
  modelOf,
  sampleOfSockets,
  SMALL_RANGE,
  timeWaits,
} from '../../helpers/sockets.ts';

/** 20 live; 30 closed evenly in the last 10 s: 3 a second, for which 180 ports would be needed. */
const MODEL = modelOf([
  ...connections(20),
  ...closedLately(30, {}, 40_020),
  { local: '0.0.0.0', localPort: 40_099, state: 'LISTEN' },
  { local: '0.0.0.0', localPort: 8080, state: 'LISTEN' },
]);
const WIDEST = { range: { low: 1024, high: 65_535 } };

const figuresOf = (changes: WhatIf, model = MODEL) => {
  const figures = whatIfFigures(model, applyWhatIf(model, changes), changes);
  if (figures === undefined) throw new Error('no group');
  return figures;
};
const rounded = ({ now, inAMinute, settled }: ReturnType<typeof figuresOf>['changed']) =>
  [now, inAMinute, settled].map(Math.round);

describe('headroom now, in a minute and settled', () => {
  test('as it is', () => {
    const { group, asItIs } = figuresOf({});
    expect(group.label).toBe('10.0.3.7 → 10.0.9.21:8080');
    expect(rounded(asItIs)).toEqual([49, 0, 0]);
    expect(asItIs).toMatchObject({ free: 49, isAtMost: false });
    expect(asItIs.etaSeconds).toBeGreaterThan(10);
  });

  test.for<[string, WhatIf, readonly number[]]>([
    ['tcp_tw_reuse frees ports at once', { reuse: 1 }, [77, 77, 77]],
    ['so does a wider range', WIDEST, [100, 100, 100]],
    ['programs take a minute to spread', { destinations: 4 }, [49, 49, 49]],
    ['and to keep connections open', { keepAlivePercent: 90 }, [49, 62, 62]],
    ['a lower rate needs a minute too', { rateFactor: 0.5 }, [49, 0, 0]],
  ])('%s', ([, changes, expected]) => {
    const { asItIs, changed } = figuresOf(changes);
    expect(rounded(asItIs)).toEqual([49, 0, 0]);
    expect(rounded(changed)).toEqual(expected);
  });

  test('say in a minute what the suggestion of the same change promises', () => {
    const { worst, sample } = MODEL;
    if (worst === undefined) throw new Error('no group');
    const promised = (id: string) =>
      advise({ sample, group: worst }).find((advice) => advice.id === id)?.effect;
    expect(figuresOf({ reuse: 1 }).changed.inAMinute).toBe(
      promised('enable-tw-reuse')?.headroomAfterMinute,
    );
    expect(figuresOf(WIDEST).changed.inAMinute).toBe(
      promised('widen-port-range')?.headroomAfterMinute,
    );
  });

  test('are none without groups', () => {
    const empty = modelOf([]);
    expect(whatIfFigures(empty, empty, {})).toBeUndefined();
    expect(whatIfFigureLines(undefined, {}, 80)).toEqual(['No outgoing TCP connections.']);
  });
});

describe('their lines', () => {
  const linesOf = (changes: WhatIf, width: number) =>
    whatIfFigureLines(figuresOf(changes), changes, width);

  test('stand side by side', () => {
    expect(linesOf({ reuse: 1 }, 77)).toEqual([
      '10.0.3.7 → 10.0.9.21:8080 headroom      NOW  IN 1 MIN  SETTLED  EMPTY IN',
      'as it is                              49.5%      0.0%     0.0%      16 s',
      'changed                               76.8%     76.8%    76.8%   unknown',
    ]);
  });

  test.for([
    [60, /^10\.0\.3\.7 → .*… headroom|headroom +NOW +IN 1 MIN/],
    [59, /^HEADROOM +NOW +1 MIN +SETTLED +EMPTY$/],
    [37, /^HEADROOM +NOW +1 MIN +SETTLED +EMPTY$/],
    // The time has no room.
    [36, /^HEADROOM +NOW +1 MIN +SETTLED$/],
    [29, /^HEADROOM +NOW +1 MIN +SETTLED$/],
  ] as const)('fit into %i columns', ([width, title]) => {
    const lines = linesOf({ reuse: 1 }, width);
    expect(lines[0]).toMatch(title);
    for (const line of lines) expect(line.length).toBeLessThanOrEqual(width);
  });

  test('say that nothing is changed yet', () => {
    expect(linesOf({}, 77)[2]).toBe('changed   nothing yet');
  });

  test('are no bounds where more may be wanted than is seen', () => {
    const figures = figuresOf({ reuse: 1 });
    const changed = { ...figures.changed, isAtMost: true };
    expect(whatIfFigureLines({ ...figures, changed }, { reuse: 1 }, 77)[2]).toMatch(
      /^changed +7\d\.\d% +~7\d\.\d% +~7\d\.\d%/,
    );
  });
});

describe('the price of a change', () => {
  const adviceOf = (id: string, model = MODEL) => model.advice.find((advice) => advice.id === id);

  test.for<[WhatIf, string]>([
    [{ reuse: 1 }, 'enable-tw-reuse'],
    [{ destinations: 2 }, 'more-destinations'],
    [{ sources: 2 }, 'more-sources'],
    [{ keepAlivePercent: 50 }, 'keep-alive'],
    [WIDEST, 'widen-port-range'],
  ])('of %j is that of the suggestion %s', ([changes, id]) => {
    const caution = adviceOf(id)?.caution;
    expect(caution).toBeDefined();
    if (id !== 'widen-port-range') expect(whatIfPrices(changes, MODEL)).toEqual([caution]);
    // The suggestion also names services that are inside the present range.
    else expect(whatIfPrices(changes, MODEL)).toEqual([caution?.replace('8080,40099', '8080')]);
  });

  test('of several changes is one text each', () => {
    expect(whatIfPrices({ reuse: 2, sources: 3 }, MODEL)).toHaveLength(2);
  });

  test.for<WhatIf>([{}, { reuse: 0 }, { rateFactor: 2 }, { range: { low: 40_000, high: 40_049 } }])(
    'of %j is nothing',
    (changes) => expect(whatIfPrices(changes, MODEL)).toEqual([]),
  );

  test('of a range names only services inside it', () => {
    const [price] = whatIfPrices({ range: { low: 10_000, high: 65_535 } }, MODEL);
    expect(price).not.toContain('Services listen');
    expect(price).toContain('Firewalls that only allow the old range');
  });
});

describe('a step that is not possible says why', () => {
  const { sample } = MODEL;

  test.for([
    ['range', 1, 'No wider range; left arrow goes back'],
    ['range', -1, 'No smaller range; right arrow goes on'],
    ['reuse', 1, 'No value above 2; left arrow goes back'],
    ['reuse', -1, 'No value below 0; right arrow goes on'],
    ['destinations', 1, 'No more than 16; left arrow goes back'],
    ['sources', -1, 'No fewer than now; right arrow goes on'],
    ['keepAlivePercent', 1, 'No more than 99; left arrow goes back'],
    ['keepAlivePercent', -1, 'No less than now; right arrow goes on'],
    ['rateFactor', 1, 'No higher rate; left arrow goes back'],
    ['rateFactor', -1, 'No lower rate; right arrow goes on'],
  ] as const)('%s %i: %s', ([parameter, by, text]) => {
    expect(whyNoStep(parameter, by, sample)).toBe(text);
    // With a blank before it, it fits the narrowest screen that is tried.
    expect(text.length).toBeLessThan(40);
  });

  test('where the kernel does not have the sysctl', () => {
    const old = sampleOfSockets([], {
      sysctls: { ...SMALL_RANGE, 'net.ipv4.tcp_tw_reuse': null },
    });
    expect(whyNoStep('reuse', 1, old)).toBe('No tcp_tw_reuse here to change');
  });
});

test('a group that grows has less in a minute than now, and nothing settled', () => {
  const model = buildModel(
    sampleOfSockets([...connections(20), ...timeWaits(5, 30_500, {}, 40_020)]),
  );
  const [group] = model.groups;
  if (group === undefined) throw new Error('no group');
  const growing = { ...group, growthPerSecond: 0.5, etaSeconds: 150 };
  const real = { ...model, worst: growing, groups: [growing] };
  const figures = whatIfFigures(real, real, {});
  expect(figures && rounded(figures.asItIs)).toEqual([75, 50, 0]);
});
