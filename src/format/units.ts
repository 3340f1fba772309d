import { groupDigits } from '../model/group-digits.ts';

/** 28231 → "28,231". */
export const formatCount: (count: number) => string = groupDigits;

/** "1 group", "1,231 groups". */
export function formatCounted(count: number, noun: string): string {
  return `${formatCount(count)} ${noun}${count === 1 ? '' : 's'}`;
}

/** 27912 → "27.9k", 131072 → "131k", 812 → "812": at most five characters below ten million. */
export function formatShortCount(count: number): string {
  if (count >= 999_500) return scaled(count, 1e6, 'M');
  // From 999.5 on, no decimals would say "1000".
  return count >= 999.5 ? scaled(count, 1e3, 'k') : `${Math.round(count)}`;
}

function scaled(count: number, unit: number, suffix: string): string {
  return `${(count / unit).toFixed(count < 99.95 * unit ? 1 : 0)}${suffix}`;
}

/** A percentage with one decimal that says "0.0%" for nothing only, and "100.0%" for everything only. */
export function formatPercent(percent: number): string {
  const shown = percent > 0 && percent < 100 ? Math.min(99.9, Math.max(0.1, percent)) : percent;
  return `${shown.toFixed(1)}%`;
}

/** Rates: 0.36 → "0.4", 481.2 → "481"; "0" for nothing at all only. */
export function formatRate(perSecond: number): string {
  if (perSecond >= 9.95) return formatShortCount(perSecond);
  if (perSecond === 0) return '0';
  return perSecond < 0.05 ? '<0.1' : perSecond.toFixed(1);
}

/** 38.4 → "38 s", 400 → "6 min 40 s", 7300 → "2 h 1 min": rounded down, as a warning should come early. */
export function formatDuration(seconds: number): string {
  const whole = Math.floor(seconds);
  if (whole < 1) return 'less than 1 s';
  if (whole < 120) return `${whole} s`;
  if (whole < 3600) return `${Math.floor(whole / 60)} min ${whole % 60} s`;
  return `${Math.floor(whole / 3600)} h ${Math.floor((whole % 3600) / 60)} min`;
}

/**
 * When a group runs out, in at most eight characters: null is "never", or "unknown" where its growth is not known. "15 s
 * ago": it was out of ports then, and will be again at any moment.
 */
export function formatEmptyIn({
  etaSeconds,
  growthPerSecond,
  lullSeconds,
}: {
  readonly etaSeconds: number | null;
  readonly growthPerSecond: number | undefined;
  readonly lullSeconds?: number | undefined;
}): string {
  if (lullSeconds !== undefined) return `${formatEta(lullSeconds)} ago`;
  return etaSeconds === null && growthPerSecond === undefined ? 'unknown' : formatEta(etaSeconds);
}

/** The same in at most six characters, for a table: "38 s", "6 min", "2 h"; null: "never". */
export function formatEta(seconds: number | null): string {
  if (seconds === null) return 'never';
  if (seconds <= 0) return 'now';
  if (seconds < 1) return '<1 s';
  if (seconds < 120) return `${Math.floor(seconds)} s`;
  return seconds < 6000 ? `${Math.floor(seconds / 60)} min` : `${Math.floor(seconds / 3600)} h`;
}

/** 250 → "250ms", 2000 → "2s", 90000 → "90s", 120000 → "2m", 3600000 → "1h": as the command line takes it. */
export function formatInterval(durationMs: number): string {
  if (durationMs % 3_600_000 === 0) return `${durationMs / 3_600_000}h`;
  if (durationMs % 60_000 === 0) return `${durationMs / 60_000}m`;
  return durationMs % 1000 === 0 ? `${durationMs / 1000}s` : `${durationMs}ms`;
}

/** An interval as it is kept, in at most five characters below 100 minutes: 250 → "250ms", 1305 → "1.3s", 120000 → "2m". */
export function formatPace(durationMs: number): string {
  if (durationMs < 999.5) return `${Math.round(durationMs)}ms`;
  if (durationMs >= 60_000 && durationMs % 60_000 === 0) return formatInterval(durationMs);
  return `${Number((durationMs / 1000).toFixed(durationMs < 99_950 ? 1 : 0))}s`;
}

/** A Unix time in ms as the time of day where the program runs: "12:03:41". */
export function formatClock(timeMs: number): string {
  return new Date(timeMs).toTimeString().slice(0, 8);
}

/** 812 → "812 B", 27912 → "27.9 kB", 1310720 → "1.3 MB". */
export function formatBytes(bytes: number): string {
  return formatShortCount(bytes).replace(/[kM]?$/, ' $&B');
}

/** A Unix time in ms as date and time of day where the program runs: "2026-11-21 12:03:41". */
export function formatDateAndClock(timeMs: number): string {
  const date = new Date(timeMs);
  const twoDigits = (part: number) => String(part).padStart(2, '0');
  const [month, day] = [date.getMonth() + 1, date.getDate()].map(twoDigits);
  return `${date.getFullYear()}-${month}-${day} ${formatClock(timeMs)}`;
}

/** A Unix time in ms as date and time of day in UTC: "2026-11-21 12:03:41". */
export function formatUtc(timeMs: number): string {
  return new Date(timeMs).toISOString().slice(0, 19).replace('T', ' ');
}

/** A Unix time in ms as the time of day in UTC: "12:03:41 UTC". */
export function formatUtcClock(timeMs: number): string {
  return `${formatUtc(timeMs).slice(11)} UTC`;
}

/** A time in ms as on a player: 63000 → "1:03", 3723000 → "1:02:03". */
export function formatPlace(elapsedMs: number): string {
  const seconds = Math.floor(elapsedMs / 1000);
  const parts = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, seconds % 60];
  const [first = 0, ...rest] = parts[0] === 0 ? parts.slice(1) : parts;
  return [String(first), ...rest.map((part) => String(part).padStart(2, '0'))].join(':');
}
