import { parseArgs } from 'node:util';
import { DEFAULT_INTERVAL_MS } from '../../src/store/settings.ts';
import { INTERVAL_LIMITS_MS } from '../../src/sampling/source.ts';

/** What to soak, and for how long. */
export interface SoakOptions {
  readonly durationMs: number;
  /** Between two samples of the program. */
  readonly intervalMs: number;
  /** Connections opened and closed per second. */
  readonly closesPerSecond: number;
  readonly isUnderFire: boolean;
  /** Where to write all readings as JSON. */
  readonly jsonFile: string | undefined;
}

export const USAGE =
  'npm run soak -- [--hours N | --minutes N] [--pace N] [--closes N] [--under-fire] [--json FILE]';

const MINUTE_MS = 60_000;
const DEFAULT_MINUTES = 20;
const DEFAULT_FIRE_MINUTES = 1;
/** The most that one destination of the traffic bears; see sockets.c. */
const DEFAULT_CLOSES = 466;
const FASTEST_PACE = DEFAULT_INTERVAL_MS / INTERVAL_LIMITS_MS.shortest;

/** Reads the command line. Throws an Error that says in one line what was wrong and what is right. */
export function parseOptions(args: readonly string[]): SoakOptions {
  const { values } = parseArgs({
    args: [...args],
    options: {
      hours: { type: 'string' },
      minutes: { type: 'string' },
      pace: { type: 'string' },
      closes: { type: 'string' },
      json: { type: 'string' },
      'under-fire': { type: 'boolean', default: false },
    },
  });
  const isUnderFire = values['under-fire'];
  const hours = numberOf('hours', values.hours, 0, 24 * 30);
  const minutes = numberOf('minutes', values.minutes, 0, 60 * 24 * 30);
  if (hours !== undefined && minutes !== undefined)
    throw new Error('--hours and --minutes: one of them.');
  const preset = isUnderFire ? DEFAULT_FIRE_MINUTES : DEFAULT_MINUTES;
  return {
    durationMs: (hours === undefined ? (minutes ?? preset) : hours * 60) * MINUTE_MS,
    intervalMs: DEFAULT_INTERVAL_MS / (numberOf('pace', values.pace, 0, FASTEST_PACE) ?? 1),
    closesPerSecond:
      numberOf('closes', values.closes, -1, 10_000) ?? (isUnderFire ? 5000 : DEFAULT_CLOSES),
    isUnderFire,
    jsonFile: values.json,
  };
}

function numberOf(
  name: string,
  text: string | undefined,
  above: number,
  most: number,
): number | undefined {
  if (text === undefined) return undefined;
  const value = /^\d+(\.\d+)?$/.test(text) ? Number(text) : Number.NaN;
  if (value > above && value <= most) return value;
  throw new Error(
    `--${name}: "${text}" is no number ${above < 0 ? 'from 0' : `above ${above}`} to ${most}.`,
  );
}
