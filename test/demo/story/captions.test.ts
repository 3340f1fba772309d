import { describe, expect, test } from 'vitest';
import { captionOf, type Followed, type Progress } from '../../../src/demo/story/captions.ts';
import { LONGEST_HEADLINE, type Scenario } from '../../../src/demo/story/scenario.ts';
import { SCENARIOS } from '../../../src/demo/story/scenarios.ts';
import { bigTextWidth } from '../../../src/format/big-text.ts';
import { wrapWords } from '../../../src/format/wrap.ts';

const [classic] = SCENARIOS as readonly [Scenario];

const FOLLOWED: Followed = {
  title: 'Let connect() take over ports',
  promised: { headroomBefore: 0, headroomAfter: 99.8, headroomAfterMinute: 94 },
  result: 'done 5 s ago: promised 0.0% → 99.8%, 94.0% after a minute; now 95.8%: Let connect()',
  agoS: 0,
  nowPercent: 95.8,
};

const at = (progress: Partial<Progress>) =>
  captionOf(classic, {
    elapsedS: 0,
    lastFailureS: undefined,
    isOutOfPorts: false,
    followed: undefined,
    suggested: [],
    ...progress,
  });

const followed = (change: Partial<Followed>, failsStill = false) =>
  at({
    elapsedS: 40,
    lastFailureS: failsStill ? 39 : 30,
    followed: { ...FOLLOWED, ...change },
  });

describe('what is said when', () => {
  test.for([
    [0, '1,000 PORTS'],
    [8.9, '1,000 PORTS'],
    [9, '3,000 WANTED'],
    [89, '3,000 WANTED'],
  ] as const)('at %d s: %s', ([elapsedS, headline]) => {
    expect(at({ elapsedS }).headline).toBe(headline);
  });

  test('while requests fail, and for 3 s after, that they do', () => {
    expect(at({ elapsedS: 12.9, lastFailureS: 10 }).headline).toBe('OUT OF PORTS');
    expect(at({ elapsedS: 13, lastFailureS: 10 }).headline).toBe('3,000 WANTED');
  });

  test('as long as the verdict says that ports are out, the same', () => {
    const lull = { elapsedS: 20, lastFailureS: 10, isOutOfPorts: true };
    expect(at(lull).headline).toBe('OUT OF PORTS');
    expect(at({ ...lull, isOutOfPorts: false }).headline).toBe('3,000 WANTED');
    const done = (agoS: number) => at({ ...lull, followed: { ...FOLLOWED, agoS } });
    expect(done(14.9).text).toMatch(/^No request fails\. Done /);
    expect(done(15).headline).toBe('OUT OF PORTS');
  });

  test.for([
    ['recovery', 17.9, /nobody does anything/],
    ['recovery', 18, /^The load is over/],
    ['recovery', 61, /^The load is over/],
    ['burst', 45.9, /^The same load/],
    ['burst', 46, /^The second burst is over/],
  ] as const)('%s, out of ports at %d s: %s', ([id, elapsedS, text]) => {
    const scenario = SCENARIOS.find((each) => each.id === id) ?? classic;
    const dry = { lastFailureS: elapsedS - 1, isOutOfPorts: true, followed: undefined };
    const caption = captionOf(scenario, { ...dry, elapsedS, suggested: [] });
    expect(caption).toMatchObject({ severity: 'critical', text: expect.stringMatching(text) });
    const calm = captionOf(scenario, { ...dry, isOutOfPorts: false, elapsedS: 66, suggested: [] });
    expect(calm.text).not.toMatch(text);
  });

  test('a suggestion that is followed: the promise first, then what became of it', () => {
    expect(followed({ agoS: 4.9 }, true)).toEqual({
      headline: 'FIX APPLIED',
      severity: 'info',
      text: 'Let connect() take over ports. Promised headroom: 0.0% → 99.8%, 94.0% after a minute.',
    });
    expect(followed({ agoS: 5 })).toEqual({
      headline: '95% FREE NOW',
      severity: 'info',
      text: 'No request fails. Done 5 s ago: promised 0.0% → 99.8%, 94.0% after a minute; now 95.8%: Let connect().',
    });
  });

  test('one that does not help is said to, and then no more', () => {
    expect(followed({ agoS: 14, nowPercent: 0 }, true)).toMatchObject({
      severity: 'warning',
      headline: 'GIVE IT A MOMENT',
      text: expect.stringMatching(/^Requests still fail\. Done /),
    });
    expect(followed({ agoS: 15, nowPercent: 0 }, true).headline).toBe('OUT OF PORTS');
  });

  test('the proxy has a minute, in which TIME_WAIT ends', () => {
    const promised = { ...FOLLOWED.promised, isGradual: true };
    const slow = { promised, agoS: 64, nowPercent: 20 };
    expect(followed({ ...slow, agoS: 4 }, true).text).toBe(
      'Let connect() take over ports. Promised headroom: 0.0% → 94.0% within a minute.',
    );
    expect(followed(slow, true).headline).toBe('GIVE IT A MINUTE');
    expect(followed({ ...slow, agoS: 66 }, true).headline).toBe('OUT OF PORTS');
    expect(followed({ ...slow, agoS: 66 }).headline).toBe('20% FREE NOW');
  });

  test('what promised no figure is not held to one', () => {
    const promised = { ...FOLLOWED.promised, headroomAfter: 0, headroomAfterMinute: 0 };
    expect(followed({ promised, agoS: 4 }).text).toMatch(/Promised headroom: no figure\.$/);
    expect(followed({ promised, agoS: 9, nowPercent: 60 })).toMatchObject({
      headline: '60% FREE NOW',
      severity: 'info',
    });
  });

  test('a group that has gone has no headroom', () => {
    expect(followed({ agoS: 9, nowPercent: undefined }).headline).toBe('GROUP IS GONE');
  });

  test('the key of a suggestion is its number on the screen', () => {
    const scenario = {
      ...classic,
      whileFailing: { ...classic.whileFailing, text: 'Press <keep-alive>.' },
    };
    const failing = { elapsedS: 1, lastFailureS: 1, isOutOfPorts: true, followed: undefined };
    expect(
      captionOf(scenario, { ...failing, suggested: ['enable-tw-reuse', 'keep-alive'] }).text,
    ).toBe('Press 2.');
    expect(captionOf(scenario, { ...failing, suggested: [] }).text).toBe('Press a.');
  });
});

describe('every scenario', () => {
  const captions = SCENARIOS.flatMap(({ id, cues, whileFailing, stillFailing = whileFailing }) =>
    [...cues, whileFailing, stillFailing].map((caption) => ({ id, ...caption })),
  );

  test.for(captions)(
    '$id, "$headline" has room on the smallest large screen',
    ({ headline, text }) => {
      expect(headline.length).toBeLessThanOrEqual(LONGEST_HEADLINE);
      expect(bigTextWidth(headline, 'half')).toBeLessThanOrEqual(70);
      expect(wrapWords(text.replaceAll(/<.*?>/g, '1'), 78).length, text).toBeLessThanOrEqual(2);
    },
  );

  test.for(SCENARIOS)('$id can be told: its word, its order, its addresses', (scenario) => {
    expect(scenario.id).toMatch(/^[a-z-]+$/);
    const times = scenario.cues.map(({ atS }) => atS);
    expect(times).toEqual(times.toSorted((a, b) => a - b));
    expect(times[0]).toBe(0);
    expect(Math.max(...times)).toBeLessThan(scenario.lengthS);
    const names = scenario.routes.map(({ name }) => name);
    expect(new Set(names).size).toBe(names.length);
    expect((scenario.range.high - scenario.range.low + 1) % 2).toBe(0);
  });

  test('no two have the same word', () => {
    expect(new Set(SCENARIOS.map(({ id }) => id)).size).toBe(SCENARIOS.length);
  });
});
