import { describe, expect, test } from 'vitest';
import { dryForecast, pressureLines, uncertainLines } from '../../src/format/pressure-lines.ts';
import { NO_PAST } from '../../src/model/group-past.ts';
import type { GroupModel } from '../../src/model/group-model.ts';
import { limitReached } from '../../src/model/limit-memory.ts';
import {
  FAILURES,
  modelOfSamples,
  PRESSURE_STARTS_MS,
  pressedSamples,
} from '../helpers/pressure.ts';

function pressed(refusals: 'seen' | 'unseen', change: Partial<GroupModel> = {}) {
  const model = modelOfSamples(pressedSamples(refusals));
  const [group, well] = model.groups;
  if (group === undefined || well === undefined) throw new Error('no groups');
  return { model, group: { ...group, ...change }, well };
}

describe('what is refused and wanted', () => {
  const linesOf = ({ model, group }: ReturnType<typeof pressed>) => pressureLines(model, group);

  test('says how many, since when, whose, and how the demand comes about', () => {
    expect(linesOf(pressed('seen'))).toEqual([
      'refused  30/s, 1,234 in the last minute, out of ports since 12:00:00; haproxy (812) 1,200, a process 34',
      'wanted   35/s = made 5.0 + refused 30 (each retry counts)',
    ]);
  });

  test('names three processes, and none where none is known', () => {
    const processes = [1, 2, 3, 4].map((pid) => ({ pid, command: `p${pid}`, refusals: 10 - pid }));
    const many = pressed('seen', { connectFailures: { ...FAILURES, processes } });
    expect(linesOf(many)[0]).toMatch(/; p1 \(1\) 9, p2 \(2\) 8, p3 \(3\) 7$/);
    const none = pressed('seen', { connectFailures: { ...FAILURES, processes: [] } });
    expect(linesOf(none)[0]).toMatch(/out of ports since 12:00:00$/);
  });

  test('says why they cannot be seen, and what is wanted at least', () => {
    expect(linesOf(pressed('unseen'))).toEqual([
      'refused  cannot be seen: shown to root only.',
      'wanted   5.0/s at least, the rate before the ports ran out',
    ]);
    expect(linesOf(pressed('unseen', { madePerSecond: 0 }))[1]).toBe(
      'wanted   5.0/s before the ports ran out; nothing tells whether that is still so',
    );
  });

  test('says where more may be wanted than made and refused', () => {
    expect(linesOf(pressed('seen', { isDemandLowerBound: true }))[1]).toBe(
      'wanted   35/s at least = made 5.0 + refused 30 (each retry counts)',
    );
  });

  test('says since when only while it is out of ports', () => {
    const limit = { ...limitReached(PRESSURE_STARTS_MS), stage: 'recovering' } as const;
    const [line] = linesOf(pressed('seen', { limit, free: 40 }));
    expect(line).toMatch(/^refused  30\/s, 1,234 in the last minute; haproxy/);
  });

  test('leaves out a demand that is not known', () => {
    const { group } = pressed('seen');
    const unknown = { demandPerSecond: null, madePerSecond: null, past: NO_PAST };
    expect(group.past.calls).toBeDefined();
    expect(linesOf(pressed('seen', unknown))).toHaveLength(1);
  });

  test('is silent where nothing is refused', () => {
    const { model, well } = pressed('seen');
    expect(pressureLines(model, well)).toEqual([]);
  });
});

test('what is not sure is said', () => {
  const uncertain = 'as I say.';
  const { well, group } = pressed('seen');
  expect(uncertainLines(well)).toEqual([]);
  expect(uncertainLines({ ...well, uncertain })).toEqual(['not sure as I say.']);
  // What is gone in a moment needs no doubt; a contradiction does.
  expect(uncertainLines({ ...group, uncertain })).toEqual([]);
  const limit = { ...limitReached(0), refusedWithFree: 40 };
  expect(uncertainLines({ ...group, uncertain, limit })).toEqual(['not sure as I say.']);
});

test('what the demand comes to stands in place of a forecast', () => {
  const now = 'forecast out of ports now';
  expect(dryForecast(pressed('seen').group)).toBe(
    `${now}; the most wanted in this outage (35/s) needs 2,450 ports, and 100 are usable`,
  );
  const limit = { ...limitReached(0), madeBeforePerSecond: 20 };
  expect(dryForecast(pressed('seen', { limit }).group)).toBe(
    `${now}; the most wanted in this outage (35/s, retries counted) needs 2,450 ports, and 100 are usable; the 20/s made before it need 1,400`,
  );
  expect(dryForecast(pressed('seen', { wantedPorts: 100 }).group)).toBe(now);
  expect(dryForecast(pressed('seen', { wantedPorts: 101 }).group)).not.toBe(now);
  expect(dryForecast(pressed('seen', { mostDemandPerSecond: null }).group)).toBe(now);
});
