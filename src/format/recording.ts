import { printable } from '../kernel/foreign-text.ts';
import type { Sample } from '../model/sample/sample.ts';
import { stringWidth } from './string-width.ts';
import {
  formatBytes,
  formatCounted,
  formatDateAndClock,
  formatDuration,
  formatPlace,
} from './units.ts';

/** State of a replay, for its mark. */
export interface ReplayOnScreen {
  readonly elapsedMs: number;
  readonly durationMs: number;
  readonly isLast: boolean;
  readonly playing: boolean;
  readonly speed: number;
}

/**
 * The mark of a screen that shows a recording: its host, time and position, and the keys. At most `width` columns, unless
 * that is too narrow.
 */
export function replayMark(
  { elapsedMs, durationMs, isLast, playing, speed }: ReplayOnScreen,
  { host, takenAtMs }: Pick<Sample, 'host' | 'takenAtMs'>,
  width: number,
): string {
  const [glyph, word, key] = playing
    ? ['▶', 'REPLAY', 'space pauses']
    : isLast
      ? ['■', 'END', 'space plays it again']
      : ['‖', 'PAUSED', 'space plays'];
  const place = `${formatPlace(elapsedMs)} of ${formatPlace(durationMs)}`;
  const pace = speed === 1 ? '' : ` ×${speed < 1 ? `1/${1 / speed}` : speed}`;
  const [date, clock] = formatDateAndClock(takenAtMs).split(' ');
  const hostname = printable(host.hostname);
  const marks = [
    ` ${glyph} ${word} recording of ${hostname}, ${date} ${clock}, ${place}${pace}; ${key}, ← → [ ] { } L move `,
    ` ${glyph} ${word} ${hostname}, ${date} ${clock}, ${place}${pace}; ${key} `,
    ` ${glyph} ${word} ${hostname}, ${clock}, ${place}${pace} `,
    ` ${glyph} ${word} ${clock}, ${place}${pace} `,
  ];
  return marks.find((mark) => stringWidth(mark) <= width) ?? marks.at(-1) ?? '';
}

/** A running recording. */
export interface RecordingOnScreen {
  /** Unix time in ms of its first sample. */
  readonly sinceMs: number;
  readonly bytes: number;
}

/** The mark of a running recording: "● REC 63 s, 120 kB". */
export function recordingMark({ sinceMs, bytes }: RecordingOnScreen, nowMs: number): string {
  const seconds = (nowMs - sinceMs) / 1000;
  const since = seconds < 1 ? '' : ` ${formatDuration(seconds)}`;
  return `● REC${since}${bytes === 0 ? '' : `, ${formatBytes(bytes)}`}`;
}

/** The size of a recording: "1,204 samples, 1.3 MB". */
export function recordedText(samples: number, bytes: number): string {
  return `${formatCounted(samples, 'sample')}, ${formatBytes(bytes)}`;
}
