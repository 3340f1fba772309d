/** The limits of what is said and when, each from just below and from just above. */
import { describe, expect, test } from 'vitest';
import type { Model } from '../../../src/model/model.ts';
import { limitReached } from '../../../src/model/limit-memory.ts';
import { severityOf } from '../../../src/model/severity.ts';
import { initialViewState } from '../../../src/store/view-state.ts';
import { reduce } from '../../../src/store/reducer.ts';
import { Announcer } from '../../../src/ui/speech/announcer.ts';
import { spokenDetail } from '../../../src/ui/speech/spoken-detail.ts';
import { spokenOverview } from '../../../src/ui/speech/spoken-screen.ts';
import { spokenFigure } from '../../../src/ui/speech/spoken-text.ts';
import { connections, modelOf } from '../../helpers/sockets.ts';

const MODEL = modelOf(connections(1));

type Look = readonly [label: string, headroomPercent: number, etaSeconds: number | null];

function modelAt(takenAtMs: number, [label, headroomPercent, etaSeconds]: Look): Model {
  const { worst } = MODEL;
  if (worst === undefined) throw new Error('there is a group');
  const severity = severityOf({ headroomPercent }, etaSeconds);
  const free = etaSeconds === 0 ? 0 : 100;
  const group = { ...worst, key: label, label, headroomPercent, etaSeconds, severity, free };
  return { ...MODEL, worst: group, sample: { ...MODEL.sample, takenAtMs } };
}

/** What an announcer says of other news at these moments, the first of them said already. */
function announced(looks: readonly (readonly [atMs: number, look: Look])[]) {
  const announcer = new Announcer();
  const [[firstMs, first] = [0, ['a', 60, null]] as const, ...others] = looks;
  announcer.said(modelAt(firstMs, first));
  return others.map(([atMs, look]) => announcer.push(modelAt(atMs, look)));
}

describe('after a verdict', () => {
  test.for([
    ['healthy', ['b', 60, 5000], 60_000],
    ['a warning', ['b', 20, null], 20_000],
    ['critical', ['b', 5, null], 10_000],
    ['out of ports', ['b', 5, 0], 10_000],
  ] as const)('another one is said not before some time, where it is %s', ([, look, quietMs]) => {
    const first: Look = ['a', look[1], look[2]];
    const news = (atMs: number) =>
      announced([
        [0, first],
        [1, look],
        [atMs, look],
      ]).at(-1);
    expect(news(quietMs - 1)).toBeUndefined();
    expect(news(quietMs)).toBe('other');
  });

  test('and not before it has lasted for 5 s', () => {
    const news = (atMs: number) =>
      announced([
        [0, ['a', 5, null]],
        [100_000, ['b', 5, null]],
        [atMs, ['b', 5, null]],
      ]).at(-1);
    expect(news(104_999)).toBeUndefined();
    expect(news(105_000)).toBe('other');
  });

  test.for([10, 30, 60, 120, 300, 600, 1800, 3600, 86_400])(
    'that %i s are left is news, and a second more is none',
    (limit) => {
      const said = (eta: number) =>
        announced([
          [0, ['a', 5, limit + 1]],
          [1_000_000, ['a', 5, eta]],
        ])[0];
      expect(said(limit + 0.5)).toBeUndefined();
      expect(said(limit)).toBe('other');
    },
  );
});

test.for([
  [9.94, '9.9'],
  [9.95, '10'],
  [10.4, '10'],
  [0.04, 'less than 0.1'],
] as const)('%d is said as %s', ([figure, said]) => {
  expect(spokenFigure(figure)).toBe(said);
});

describe('news that are no worse', () => {
  const CRITICAL: Look = ['a', 5, null];

  test('what is better is said 20 s after what was said last', () => {
    const news = (atMs: number) =>
      announced([
        [0, CRITICAL],
        [1, ['a', 60, null]],
        [atMs, ['a', 60, null]],
      ]).at(-1);
    expect(news(19_999)).toBeUndefined();
    expect(news(20_000)).toBe('better');
  });

  test('wait until all that was said before has been spoken', () => {
    const news = (atMs: number) => {
      const announcer = new Announcer();
      announcer.said(modelAt(0, CRITICAL), 18);
      announcer.spoke(modelAt(8000, CRITICAL), 15);
      announcer.push(modelAt(8001, ['b', 5, null]));
      return announcer.push(modelAt(atMs, ['b', 5, null]));
    };
    expect(news(32_999)).toBeUndefined();
    expect(news(33_000)).toBe('other');
    expect(news(8002)).toBeUndefined();
  });

  test('a time left that is over when it has been spoken is none', () => {
    const news = (etaSeconds: number) =>
      announced([
        [0, ['a', 5, 25]],
        [20_000, ['a', 5, etaSeconds]],
      ]).at(-1);
    expect(news(7.9)).toBeUndefined();
    expect(news(8)).toBe('other');
  });
});

test('out of ports is one fact until there is room again for a while', () => {
  const announcer = new Announcer();
  const at = (atMs: number, stage: 'dry' | 'recovering', free: number) => {
    const model = modelAt(atMs, ['a', free, null]);
    const { worst } = model;
    if (worst === undefined) throw new Error('there is a group');
    const limit = { ...limitReached(atMs), stage };
    return { ...model, worst: { ...worst, free, limit, severity: 'critical' as const } };
  };
  announcer.said(at(0, 'dry', 0));
  for (let second = 1; second <= 60; second++)
    expect(announcer.push(at(1000 * second, 'dry', second % 3))).toBeUndefined();
  expect(announcer.push(at(61_000, 'recovering', 3))).toBeUndefined();
  expect(announcer.push(at(66_000, 'recovering', 3))).toBe('better');
  announcer.said(at(66_000, 'recovering', 3));
  expect(announcer.push(at(100_000, 'recovering', 60))).toBeUndefined();
  expect(announcer.push(at(101_000, 'dry', 2))).toBe('worse');
});

test('the overview says three groups, and counts the others', () => {
  const overview = (count: number) => {
    const model = modelOf(
      Array.from({ length: count }, (_, index) =>
        connections(1, { remotePort: 1000 + index }),
      ).flat(),
    );
    return spokenOverview(reduce(initialViewState(), { type: 'model', model })).at(-1);
  };
  expect(overview(3)).not.toMatch(/^And/);
  expect(overview(4)).toBe('And 1 more group.');
});

test('the detail says eight owners, and counts the others', () => {
  const [group] = MODEL.groups;
  if (group === undefined) throw new Error('no group');
  const owners = Array.from({ length: 10 }, (_, index) => ({
    pid: 101 + index,
    command: 'nginx',
    sockets: 1,
  }));
  const said = (count: number) =>
    spokenDetail(MODEL, { ...group, owners: owners.slice(0, count) })
      .filter((line) => typeof line === 'string')
      .join('\n');
  expect(said(8)).toContain('108');
  expect(said(8)).not.toMatch(/more|other process/);
  expect(said(9)).toContain('108');
  expect(said(9)).not.toContain('109');
});
