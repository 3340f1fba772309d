/** A change while the rate of closes is a few seconds old: what is in TIME_WAIT now says little of a minute on. */
import { describe, expect, test } from 'vitest';
import { whatIfFigures } from '../../../src/model/what-if/figures.ts';
import { applyWhatIf } from '../../../src/model/what-if/what-if.ts';
import { modelOf, SMALL_RANGE, type TestSocket } from '../../helpers/sockets.ts';

/** Of 4,000 ports: `rate` a second are closed, since `seconds` ago. */
const rush = (rate: number, seconds: number) =>
  modelOf(
    Array.from({ length: rate * seconds }, (_, index): TestSocket => ({
      local: '10.0.3.7',
      remote: '10.0.9.21',
      remotePort: 8080,
      localPort: 40_000 + 2 * (index % 2000) + Math.floor(index / 2000),
      state: 'TIME_WAIT',
      leftMs: 59_999 - Math.floor((index * 1000) / rate),
    })),
    { sysctls: { ...SMALL_RANGE, 'net.ipv4.ip_local_port_range': '40000 43999' } },
  );

describe('a rate that began a moment ago', () => {
  test.for([
    // 120/s for 5 s have taken 600 ports; shared by two, they come to 3,600 in a minute.
    ['two destinations', 120, 5, { destinations: 2 }, 10, null],
    ['four', 120, 13, { destinations: 4 }, 55, null],
    // Those closed before the change are still there when 60/s have taken the others; then it suffices.
    ['two too late', 120, 13, { destinations: 2 }, 61, 2440 / 60, 10],
    // Not enough: what is left goes at the present rate, or at that of the change.
    ['keep-alive for a few', 120, 13, { keepAlivePercent: 1 }, 61, 2440 / 118.8],
    ['one and a half times the requests', 120, 17, { rateFactor: 1.5 }, 49, 1960 / 180],
    ['twice as many for two', 120, 13, { rateFactor: 2, destinations: 2 }, 61, 2440 / 120],
  ] as const)(
    '%s',
    ([, rate, seconds, changes, headroom, eta, settled = eta === null ? headroom : 0]) => {
      const model = rush(rate, seconds);
      const outcome = applyWhatIf(model, changes);
      const [group] = outcome.groups;
      if (group === undefined) throw new Error('no group');
      expect(Math.round(group.headroomPercent)).toBe(headroom);
      if (eta === null) expect(group.etaSeconds).toBeNull();
      else expect(group.etaSeconds).toBeCloseTo(eta, 0);
      // The panel beside it says the same.
      const figures = whatIfFigures(model, outcome, changes)?.changed;
      expect(figures?.etaSeconds).toBe(group.etaSeconds);
      expect(eta === null ? figures?.inAMinute : figures?.now).toBe(group.headroomPercent);
      expect(figures?.settled).toBeCloseTo(settled, 0);
    },
  );
});
