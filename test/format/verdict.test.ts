import { describe, expect, it } from 'vitest';
import { verdictOf, verdictText } from '../../src/format/verdict.ts';
import type { GroupModel } from '../../src/model/group-model.ts';
import { fixtureModel } from '../helpers/fixture.ts';

const model = fixtureModel();

/** The model with its fullest group as the test wants it. */
function withWorst(change: Partial<GroupModel>) {
  const worst = model.groups[0];
  if (worst === undefined) throw new Error('the recorded /proc has groups');
  const ports = { usable: 28_231, free: 1231, headroomPercent: 4.36, growthPerSecond: 0 };
  return { ...model, worst: { ...worst, ...ports, ...change } };
}

const WHO = '10.0.3.7 → 10.0.9.21:8080';

describe('the verdict', () => {
  it.each<[Partial<GroupModel>, string]>([
    [
      { severity: 'critical', etaSeconds: 38.4, closeRate: 481.2 },
      'runs out of ports in 38 s (481 closes/s, 1,231 of 28,231 left)',
    ],
    [
      { severity: 'warning', etaSeconds: 400, closeRate: 0 },
      'runs out of ports in 6 min 40 s (1,231 of 28,231 left)',
    ],
    [
      { severity: 'critical', etaSeconds: 0, free: 0, headroomPercent: 0, closeRate: 12 },
      'is OUT OF PORTS: connect() fails with EADDRNOTAVAIL (12 closes/s, 0 of 28,231 left)',
    ],
    [
      { severity: 'critical', etaSeconds: null, closeRate: 0 },
      'has 4.4% of its ports left and does not get fuller (1,231 of 28,231 left)',
    ],
    [
      { severity: 'critical', etaSeconds: null, closeRate: 0, growthPerSecond: undefined },
      'has 4.4% of its ports left and growth is not known yet (1,231 of 28,231 left)',
    ],
    [
      { severity: 'info', etaSeconds: 3600, closeRate: 0 },
      'runs out of ports in 1 h 0 min (1,231 of 28,231 left)',
    ],
    [
      { severity: 'info', etaSeconds: 3600.1, closeRate: 0, growthPerSecond: 0.3 },
      'has 4.4% of its ports left and fills slowly (1,231 of 28,231 left)',
    ],
    [
      { severity: 'info', etaSeconds: null, closeRate: 0, growthPerSecond: undefined },
      'has 4.4% of its ports left and is the fullest; growth is not known yet (1,231 of 28,231 left)',
    ],
    [
      { severity: 'info', etaSeconds: null, closeRate: 0.4, free: 28_230, headroomPercent: 99.996 },
      'has 99.9% of its ports left and is the fullest: healthy (0.4 closes/s, 28,230 of 28,231 left)',
    ],
  ])('%j', (change, text) => {
    const verdict = verdictOf(withWorst(change));
    expect(verdict).toMatchObject({ label: WHO, severity: change.severity });
    expect(verdictText(verdict)).toBe(`${WHO} ${text}`);
  });

  it('is good where nobody connects', () => {
    const verdict = verdictOf({ ...model, groups: [], worst: undefined });
    expect(verdict.severity).toBe('info');
    expect(verdictText(verdict)).toBe('No outgoing TCP connections: every port is free.');
  });
});
