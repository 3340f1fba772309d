import { mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, onTestFinished, test, vi } from 'vitest';
import { NamespaceRounds } from '../../src/sampling/namespace-rounds.ts';
import { systemClock } from '../../src/source/clock.ts';

afterEach(() => void vi.restoreAllMocks());

const PACING = { intervalMs: 250, cpuShare: undefined };

/** Rounds through the namespace of this process alone. */
function roundsHere(): NamespaceRounds {
  const proc = mkdtempSync(join(tmpdir(), 'ephtop-rounds-'));
  symlinkSync(`/proc/${process.pid}`, join(proc, String(process.pid)));
  const rounds = new NamespaceRounds({ source: 'auto', procMount: proc, isSingle: true });
  onTestFinished(() => {
    rounds.close();
    rmSync(proc, { recursive: true });
  });
  return rounds;
}

test.each([2 * 3_600_000, -2 * 3_600_000])(
  'a clock that is set by %i ms has every place read again at once: no sample is hours old, or to come',
  (byMs) => {
    const rounds = roundsHere();
    const taken = () => rounds.round(PACING, 50).samples.map(({ takenAtMs }) => takenAtMs);
    expect(taken()).toHaveLength(1);
    expect(taken()).toEqual([]);
    const now = Date.now;
    vi.spyOn(systemClock, 'nowMs').mockImplementation(() => now() + byMs);
    const [takenAtMs = 0, ...others] = taken();
    expect(Math.abs(takenAtMs - (now() + byMs))).toBeLessThan(10_000);
    expect(others).toEqual([]);
    expect(taken()).toEqual([]);
  },
);
