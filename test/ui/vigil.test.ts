import { describe, expect, it } from 'vitest';
import type { Severity } from '../../src/model/severity.ts';
import { Vigil } from '../../src/ui/vigil.ts';

/** What is told in so many seconds without a sample, from the first on. */
function silence(intervalMs: number, seconds: number): (number | undefined)[] {
  const vigil = new Vigil('info');
  return Array.from({ length: seconds }, () => vigil.tick(intervalMs, 'info').silentSeconds);
}

describe('silence', () => {
  it('is told from five seconds on', () => {
    expect(silence(250, 7)).toEqual([undefined, undefined, undefined, undefined, 5, 6, 7]);
  });

  it('is told from three intervals on where samples are rare', () => {
    expect(silence(10_000, 29).at(-1)).toBeUndefined();
    expect(silence(10_000, 30).at(-1)).toBe(30);
  });

  it('is over with a sample', () => {
    const vigil = new Vigil('info');
    for (let second = 0; second < 9; second++) vigil.tick(250, 'info');
    vigil.sampleCame();
    expect(vigil.tick(250, 'info').silentSeconds).toBeUndefined();
  });
});

describe('the screen is drawn whole', () => {
  const repaints = (severityAt: (second: number) => Severity) => {
    const vigil = new Vigil(severityAt(0));
    const seconds = Array.from({ length: 180 }, (_, second) => second + 1);
    return seconds.filter((second) => vigil.tick(250, severityAt(second)).repaint);
  };

  it('once a minute, and every 15 s while ports run out', () => {
    expect(repaints(() => 'info')).toEqual([60, 120, 180]);
    expect(repaints(() => 'warning')).toEqual([60, 120, 180]);
    expect(repaints(() => 'critical').slice(0, 3)).toEqual([15, 30, 45]);
  });

  it('at the first second where things have become worse by then', () => {
    expect(repaints((second) => (second < 1 ? 'info' : 'critical')).slice(0, 3)).toEqual([
      1, 16, 31,
    ]);
  });

  it('at once when things get worse or better', () => {
    expect(repaints((second) => (second < 7 ? 'info' : second < 30 ? 'critical' : 'info'))).toEqual(
      [7, 22, 30, 90, 150],
    );
  });
});
