import { InvalidArgumentError } from 'commander';
import { formatInterval } from '../format/units.ts';
import { parseDurationMs, parseLength, parseName } from './options.ts';

/** How long each file of a ring may be. The index of a file takes eleven days of one member a second. */
const RING_LIMITS_MS = { shortest: 60_000, longest: 10 * 86_400_000 } as const;

/** A length of a ring, in ms. */
export function parseRing(text: string): number {
  const durationMs = parseDurationMs(text);
  const { shortest, longest } = RING_LIMITS_MS;
  if (durationMs < shortest || durationMs > longest)
    throw new InvalidArgumentError(
      `It must lie between ${formatInterval(shortest)} and ${longest / 86_400_000}d.`,
    );
  return durationMs;
}

/** A size of a screen, such as `120x30`. */
export function parseSize(text: string): { readonly columns: number; readonly rows: number } {
  const [, columns = NaN, rows = NaN] = (/^(\d{1,4})x(\d{1,4})$/.exec(text) ?? []).map(Number);
  if (!(columns >= 40 && columns <= 500 && rows >= 10 && rows <= 200))
    throw new InvalidArgumentError('Write columns and rows, from 40x10 to 500x200.');
  return { columns, rows };
}

/** How many times as fast as it was recorded. */
export function parseSpeed(text: string): number {
  const speed = /^\d+(?:\.\d+)?$/.test(text) ? Number(text) : NaN;
  if (!(speed >= 0.1 && speed <= 1000))
    throw new InvalidArgumentError('Write a number from 0.1 to 1000.');
  return speed;
}

/** The part of the table of options that is for recordings. */
export const RECORDING_OPTIONS = {
  output: {
    flags: '-o, --output <file>',
    description: 'where to write; - is stdout (default: a new file in this directory)',
    topic: 'output',
    parse: parseName,
  },
  duration: {
    flags: '--duration <duration>',
    description: 'stop after this time: 90s, 10m, 2h (default: at Ctrl-C)',
    topic: 'recording',
    parse: parseLength,
  },
  ring: {
    flags: '--ring <duration>',
    description: 'record for ever, and keep this much at least in two files, such as 24h',
    topic: 'recording',
    parse: parseRing,
  },
  dumpOn: {
    flags: '--dump-on <severity>',
    description:
      'leave a file for each incident, with five minutes before and after it (the rest is kept by --ring only), of the severity',
    topic: 'recording',
    choices: ['critical'],
  },
  anonymize: {
    flags: '--anonymize',
    description: 'replace addresses and the names of hosts and processes',
    topic: 'recording',
  },
  cast: {
    flags: '--cast <file>',
    description: 'write it as an asciicast for the web, without a terminal; - is stdout',
    topic: 'cast',
    parse: parseName,
  },
  size: {
    flags: '--size <columns>x<rows>',
    description: 'size of the screen in --cast',
    topic: 'cast',
    parse: parseSize,
    default: parseSize('120x30'),
    defaultText: '120x30',
  },
  speed: {
    flags: '--speed <factor>',
    description: 'how many times as fast as it was recorded --cast plays',
    topic: 'cast',
    parse: parseSpeed,
    default: 1,
    defaultText: '1',
  },
} as const;
