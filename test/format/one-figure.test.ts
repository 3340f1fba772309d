/** A figure that stands in several places is the same in all of them, at each look of a whole outage. */
import { describe, expect, test } from 'vitest';
import { dryForecast, pressureLines } from '../../src/format/pressure-lines.ts';
import { headroomText, isDry, pressureText } from '../../src/format/headroom.ts';
import { formatEmptyIn } from '../../src/format/units.ts';
import { verdictOf } from '../../src/format/verdict.ts';
import { callRates } from '../../src/model/call-rates.ts';
import { lullSeconds, outageState } from '../../src/model/outage-state.ts';
import type { WhatIf } from '../../src/model/what-if/changes.ts';
import { whatIfFigures } from '../../src/model/what-if/figures.ts';
import { applyWhatIf } from '../../src/model/what-if/what-if.ts';
import { verdictLines } from '../../src/ui/components/header.tsx';
import { glyphsFor } from '../../src/ui/theme.ts';
import { during, paced } from '../forecast-score/clients.ts';
import { type Outage, type OutageLook, playOutage } from '../helpers/outage.ts';

const isPause = (seconds: number) => seconds % 25 >= 15;

const OUTAGES: Readonly<
  Record<
    string,
    Outage & { readonly rate: number; readonly isPause?: (seconds: number) => boolean }
  >
> = {
  'a range that is widened': {
    rate: 48,
    ports: 900,
    seconds: 130,
    client: paced(48),
    fix: { atSeconds: 101, ports: 20_000 },
  },
  'a little too much': { rate: 16, ports: 900, seconds: 150, client: during(2, 120, paced(16)) },
  'a client with pauses': {
    rate: 60,
    ports: 300,
    seconds: 150,
    client: paced((seconds) => (isPause(seconds) ? 0 : 60)),
    isPause,
  },
};

/** The widths of screens from 30 columns to 220, without the mark and blanks. */
const WIDTHS = Array.from({ length: 191 }, (_, index) => index + 26);

describe.each(Object.entries(OUTAGES))('%s', (_, outage) => {
  const looks = playOutage(outage);
  const groupAt = ({ model }: OutageLook) => model.groups[0];
  const pressed = looks.filter((look) => (groupAt(look)?.connectFailures?.lastMinute ?? 0) > 0);

  test('has refusals', () => expect(pressed.length).toBeGreaterThan(100));

  test('calls made and refused are of one time, that of the truth', () => {
    for (const look of pressed) {
      const at = looks.indexOf(look);
      const group = groupAt(look);
      if (group === undefined || at < 16) continue;
      const { refused, made = Number.NaN } = callRates(group) ?? { refused: Number.NaN };
      expect(made + refused).toBeLessThanOrEqual(outage.rate + 2);
      // 1 or 2 s are counted: so many as were refused in them.
      const truths = [4, 8].map(
        (ago) => (look.refused - (looks[at - ago]?.refused ?? 0)) / (ago / 4),
      );
      expect(Math.min(...truths.map((truth) => Math.abs(truth - refused)))).toBeLessThan(0.01);
    }
  });

  test('made and refused add up to what is wanted while the client goes on', () => {
    for (const look of pressed) {
      const { atSeconds } = look;
      const isOn = [0, 0.5, 1, 1.5, 2, 2.5].every(
        (ago) =>
          atSeconds - ago < (outage.fix?.atSeconds ?? 120) && !outage.isPause?.(atSeconds - ago),
      );
      const group = groupAt(look);
      if (group === undefined || !isOn) continue;
      const { refused, made = Number.NaN } = callRates(group) ?? { refused: Number.NaN };
      expect(Math.abs(made + refused - outage.rate)).toBeLessThanOrEqual(2);
    }
  });

  test('the most wanted is no more than there was, and never falls within an outage', () => {
    let [sinceMs, most] = [-1, 0];
    for (const look of looks) {
      const group = groupAt(look);
      const wanted = group?.limit?.mostWantedPerSecond;
      if (group?.limit === undefined || wanted === undefined) continue;
      if (group.limit.sinceMs !== sinceMs) [sinceMs, most] = [group.limit.sinceMs, 0];
      expect(wanted).toBeGreaterThanOrEqual(most);
      expect(wanted).toBeLessThanOrEqual(outage.rate + 1);
      most = wanted;
    }
    expect(most).toBeGreaterThan(outage.rate - 1);
  });

  test('the forecast wants no less than is wanted now', () => {
    const tooFew = pressed.filter((look) => {
      const group = groupAt(look);
      if (group === undefined || !isDry(group)) return false;
      const now = /^wanted +([\d.]+)/m.exec(pressureLines(look.model, group).join('\n'))?.[1];
      const most = /\(([\d.]+)\/s/.exec(dryForecast(group))?.[1];
      return most !== undefined && Number(most) < Number(now);
    });
    expect(tooFew).toEqual([]);
  });

  test('every width tells the same state, which is that of the row', () => {
    for (const look of looks) {
      const group = groupAt(look);
      const stage = group?.limit?.stage;
      if (group === undefined || (stage !== 'dry' && stage !== 'recovering')) continue;
      const { takenAtMs } = look.model.sample;
      const verdict = verdictOf(look.model);
      const told = WIDTHS.map((width) =>
        stateTold(verdictLines(verdict, width, glyphsFor(false)).join(' ')),
      );
      const state = outageState(group, takenAtMs);
      const expected = state ?? 'past';
      expect([look.atSeconds, new Set(told)]).toEqual([look.atSeconds, new Set([expected])]);
      const empty = formatEmptyIn({ ...group, lullSeconds: lullSeconds(group, takenAtMs) });
      if (state === 'lull') expect(empty).toMatch(/ago$/);
      else expect(empty === 'now').toBe(state !== undefined);
      if (state === 'refusing')
        expect(verdict.statement).toContain(`refused ${pressureText(group)} of`);
    }
  });

  test('a cure is seen at once in all places', () => {
    for (const { model, refusedNow } of looks) {
      const [group] = model.groups;
      if (group === undefined || refusedNow > 0 || group.headroomPercent < 50) continue;
      expect(isDry(group)).toBe(false);
      expect(headroomText(group)).toBe(`${group.headroomPercent.toFixed(1)}%`);
      expect(verdictOf(model).statement).not.toContain('is OUT OF PORTS');
      expect(whatIfFigures(model, model, {})?.asItIs.etaSeconds).not.toBe(0);
    }
  });

  test('ten seconds after the last refusal, with room, it is no more critical', () => {
    let quietLooks = 0;
    const red = looks.filter(({ model, refusedNow }) => {
      const [group] = model.groups;
      quietLooks = refusedNow > 0 ? 0 : quietLooks + 1;
      const isWell = group?.etaSeconds === null && group.headroomPercent > 25;
      return quietLooks > 40 && isWell && group.severity === 'critical';
    });
    expect(red).toEqual([]);
  });
});

/** The state that a text tells. */
function stateTold(text: string): string {
  const told = [
    [/look free/, 'contradicted'],
    [/on and off|as good as/, 'lull'],
    [/: refused/, 'refusing'],
    [/connect\(\) fails/, 'empty'],
    [/was (OUT OF PORTS|out )|OUT OF PORTS .* ago/, 'past'],
  ] as const;
  return told.find(([words]) => words.test(text))?.[1] ?? text;
}

describe('what if', () => {
  const [dry] = playOutage({ ports: 900, seconds: 60, client: paced(48) }).slice(-1);
  if (dry === undefined) throw new Error('no look');

  test.for([{ rateFactor: 2 }, { rateFactor: 0.5 }, { reuse: 1 }, { keepAlivePercent: 50 }])(
    'refusals are told as they are on the real machine: %j',
    (changes) => {
      const outcome = applyWhatIf(dry.model, changes);
      const [group] = outcome.groups;
      if (group === undefined) throw new Error('no group');
      const { refused, made = Number.NaN } = callRates(group) ?? { refused: Number.NaN };
      expect(refused > 0).toBe(group.free <= 0);
      expect(group.isDemandLowerBound).toBe(false);
      const { keepAlivePercent = 0, rateFactor = 1 }: WhatIf = changes;
      const wanted = (48 * rateFactor * (100 - keepAlivePercent)) / 100;
      expect(Math.abs(made + refused - wanted)).toBeLessThanOrEqual(2 * rateFactor);
      const { statement } = verdictOf(outcome);
      if (refused > 0) expect(statement).toMatch(/^is OUT OF PORTS: refused \S+ of \S+ connect/);
      expect(group.closeRate).toBeCloseTo(outcome.closeRate, -1);
    },
  );
});
