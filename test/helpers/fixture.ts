import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { buildModel, type Model } from '../../src/model/model.ts';
import { sampleOf } from '../../src/model/sample/measure.ts';
import type { Clock } from '../../src/source/clock.ts';
import { placeHere } from '../../src/source/watched-place.ts';
import { procRoot } from '../../src/source/proc-root.ts';
import { procfsReader } from '../../src/source/procfs-reader.ts';

/** A /proc recorded on Linux 6.18: 22 rows of tcp, 14 of tcp6, range 40000–40099. */
export const FIXTURE_PROC = join(import.meta.dirname, '../fixtures/proc');

/** When the samples of `stoppedClock` are taken, in ms. */
export const TAKEN_AT_MS = Date.UTC(2026, 10, 21, 12, 0, 0, 123);

/** A clock that stands still and does not know how to sleep. */
export const stoppedClock: Clock = {
  nowMs: () => TAKEN_AT_MS,
  monotonicMs: () => 0,
  sleep: () => Promise.reject(new Error('nobody should sleep here')),
};

/** The model of the recorded /proc, with the machine that the test runs on left out of it. */
export function fixtureModel(): Model {
  const reading = procfsReader(placeHere(procRoot(FIXTURE_PROC)), stoppedClock)();
  const place = { kind: 'here', id: 'net:4026531840', name: 'proxy-7' } as const;
  const host = { hostname: 'proxy-7', kernelRelease: '6.18.44', place };
  const sample = sampleOf({ ...reading, ...host });
  return buildModel({ ...sample, sampling: { ...sample.sampling, durationMs: 11.24 } });
}

/** A copy of the recorded /proc that the test may spoil; it is removed after the test. */
export function copyOfFixtureProc(): string {
  const directory = mkdtempSync(join(tmpdir(), 'ephtop-proc-'));
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }));
  cpSync(FIXTURE_PROC, directory, { recursive: true });
  return directory;
}
