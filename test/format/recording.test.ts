import { describe, expect, it, test } from 'vitest';
import { recordedText, recordingMark, replayMark } from '../../src/format/recording.ts';
import { formatBytes, formatPlace } from '../../src/format/units.ts';

const REPLAY = {
  elapsedMs: 63_000,
  durationMs: 250_000,
  isLast: false,
  playing: true,
  speed: 1,
};
const SAMPLE = {
  host: { hostname: 'proxy-7', kernel: '6.18' },
  takenAtMs: new Date(2026, 10, 21, 12, 3, 41).getTime(),
};

describe('the mark of a recording that is looked at', () => {
  it.each([
    [
      {},
      120,
      ' ▶ REPLAY recording of proxy-7, 2026-11-21 12:03:41, 1:03 of 4:10; space pauses, ← → [ ] { } L move ',
    ],
    [{}, 80, ' ▶ REPLAY proxy-7, 2026-11-21 12:03:41, 1:03 of 4:10; space pauses '],
    [{}, 50, ' ▶ REPLAY proxy-7, 12:03:41, 1:03 of 4:10 '],
    [{}, 30, ' ▶ REPLAY 12:03:41, 1:03 of 4:10 '],
    [{ playing: false }, 80, ' ‖ PAUSED proxy-7, 2026-11-21 12:03:41, 1:03 of 4:10; space plays '],
    [{ speed: 4 }, 50, ' ▶ REPLAY proxy-7, 12:03:41, 1:03 of 4:10 ×4 '],
    [{ speed: 0.25 }, 50, ' ▶ REPLAY proxy-7, 12:03:41, 1:03 of 4:10 ×1/4 '],
    [
      { playing: false, isLast: true, elapsedMs: 250_000 },
      90,
      ' ■ END proxy-7, 2026-11-21 12:03:41, 4:10 of 4:10; space plays it again ',
    ],
  ])('%j at %i columns', (replay, width, mark) => {
    expect(replayMark({ ...REPLAY, ...replay }, SAMPLE, width)).toBe(mark);
  });
});

test.each([
  [0, 0, '● REC'],
  [0.5, 812, '● REC, 812 B'],
  [63, 120_400, '● REC 63 s, 120 kB'],
  [250, 1_310_720, '● REC 4 min 10 s, 1.3 MB'],
])('the mark of a recording that is made, after %f s with %i bytes', (seconds, bytes, mark) => {
  expect(recordingMark({ sinceMs: 1e12, bytes }, 1e12 + 1000 * seconds)).toBe(mark);
  // The clock was set back.
  expect(recordingMark({ sinceMs: 1e12, bytes: 0 }, 1e11)).toBe('● REC');
});

test.each([
  [1, 99, '1 sample, 99 B'],
  [1204, 1_310_720, '1,204 samples, 1.3 MB'],
])('%i samples and %i bytes', (samples, bytes, text) => {
  expect(recordedText(samples, bytes)).toBe(text);
});

test.each([
  [0, '0 B'],
  [999, '999 B'],
  [1000, '1.0 kB'],
  [27_912, '27.9 kB'],
  [1_310_720, '1.3 MB'],
])('%i bytes are %s', (bytes, text) => expect(formatBytes(bytes)).toBe(text));

test.each([
  [0, '0:00'],
  [63_999, '1:03'],
  [3_723_000, '1:02:03'],
  [36_000_000, '10:00:00'],
])('%i ms are at %s', (elapsedMs, text) => expect(formatPlace(elapsedMs)).toBe(text));
