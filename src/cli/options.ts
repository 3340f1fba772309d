import { InvalidArgumentError } from 'commander';
import { problemText } from '../format/filter-problem.ts';
import { formatInterval } from '../format/units.ts';
import { parseFilter } from '../model/query/filter-words.ts';
import { didYouMean } from '../model/query/nearest-word.ts';
import { INTERVAL_LIMITS_MS } from '../sampling/source.ts';

const UNIT_MS = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const;

/** Reads one of several words. Throws an InvalidArgumentError that names them. */
export function choiceReader(choices: readonly string[]): (text: string) => string {
  return (text) => {
    if (choices.includes(text)) return text;
    const problem = `Allowed choices are ${choices.join(', ')}.`;
    throw new InvalidArgumentError(`${problem}${didYouMean(text, choices)}`);
  };
}

/** How people write units, by what is right. */
const UNIT_NAMES: readonly (readonly [right: keyof typeof UNIT_MS, written: RegExp])[] = [
  ['ms', /^(?:msecs?|millis|milliseconds?)$/i],
  ['s', /^(?:secs?|seconds?)$/i],
  ['m', /^(?:mins?|minutes?)$/i],
  ['h', /^(?:hrs?|hours?)$/i],
  ['d', /^days?$/i],
];

/** ` Did you mean 5m?` for a duration whose unit or decimal point is written another way. */
function intendedDuration(text: string): string {
  const [, whole = '', decimals = '', written = ''] =
    /^(\d{1,9})(?:[.,](\d{1,9}))?\s*([a-z]+)$/i.exec(text.trim()) ?? [];
  const unit =
    UNIT_NAMES.find(([, names]) => names.test(written))?.[0] ??
    Object.keys(UNIT_MS).find((name) => name === written.toLowerCase());
  if (unit === undefined) return '';
  return ` Did you mean ${whole}${decimals === '' ? '' : `.${decimals}`}${unit}?`;
}

/** Reads `250ms`, `2s`, `1.5s`, `1m`, `1h` or `1d` as ms. Throws an InvalidArgumentError that says what is valid. */
export function parseDurationMs(text: string): number {
  const match = /^(\d+(?:\.\d+)?)(ms|s|m|h|d)$/.exec(text.trim());
  if (match === null)
    throw new InvalidArgumentError(
      `Write a duration such as 250ms, 2s, 1m, 1h or 1d.${intendedDuration(text)}`,
    );
  return Number(match[1]) * UNIT_MS[match[2] as keyof typeof UNIT_MS];
}

/** A duration that makes sense between two samples. */
export function parseInterval(text: string): number {
  const durationMs = parseDurationMs(text);
  const { shortest, longest } = INTERVAL_LIMITS_MS;
  if (durationMs < shortest || durationMs > longest) {
    throw new InvalidArgumentError(
      `It must lie between ${formatInterval(shortest)} and ${formatInterval(longest)}.`,
    );
  }
  return durationMs;
}

/** A duration above 0 that a timer can wait for. */
export function parseLength(text: string): number {
  const durationMs = parseDurationMs(text);
  if (durationMs < 1 || durationMs > 2 ** 31 - 1)
    throw new InvalidArgumentError('It must be more than 0, and at most 24d.');
  return durationMs;
}

/** A name of a file or directory, as it was written. */
export function parseName(text: string): string {
  if (text === '') throw new InvalidArgumentError('The name is empty.');
  return text;
}

/** The name of a file that lines are added to: stdout is for data, and stderr for what has to be said. */
export function parseDebugFile(text: string): string {
  if (text === '-')
    throw new InvalidArgumentError('Write the name of a file (./- for a file named -).');
  return parseName(text);
}

/** A whole number, 1 or more. */
export function parseCount(text: string): number {
  if (!/^[1-9]\d{0,8}$/.test(text))
    throw new InvalidArgumentError('Write a whole number, 1 or more.');
  return Number(text);
}

/** A filter that can be understood, as it was written. */
export function parseFilterOption(text: string): string {
  const { problem } = parseFilter(text);
  if (problem !== undefined) throw new InvalidArgumentError(`In ${problemText(problem, text)}.`);
  return text;
}

/** Reads `10%` or `0.5%` into a share, 0–1. */
export function parseShare(text: string): number {
  const percent = Number(/^(\d+(?:\.\d+)?)%$/.exec(text.trim())?.[1] ?? NaN);
  if (!(percent >= 0.1 && percent <= 100))
    throw new InvalidArgumentError('Write a percentage from 0.1% to 100%, such as 10%.');
  return percent / 100;
}
