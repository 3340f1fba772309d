import { InvalidArgumentError } from 'commander';
import { type AlertRange, parseAlertRange } from '../model/check/alert-range.ts';
import { parseDurationMs, parseLength } from './options.ts';

/** A range of a monitoring plugin; percent signs may follow its numbers. */
export function parseRangeOption(text: string): AlertRange {
  const range = parseAlertRange(text);
  if (range === undefined) {
    const problem = 'Write a range such as 75%, 75, ~:75, 10:, 10:20 or @10:20.';
    throw new InvalidArgumentError(`${problem}${intendedRange(text)}`);
  }
  return range;
}

/** What is longer, or has other characters, is no slip. */
const MEANT = /^[\d.%:@~]{1,40}$/;

/** ` Did you mean 10:20?` for a range written with a dash or dots, a decimal comma, or its ends swapped. */
function intendedRange(text: string): string {
  if (/^\/.*:[\d.]+%?$/.test(text)) return ' A shell has replaced the ~: put the range in quotes.';
  const written = text
    .trim()
    .replaceAll(/(\d),(\d)/g, '$1.$2')
    .replace(/^(@?)([\d.]+%?)\s*(?:-|\.\.+|\u2013)\s*([\d.]+%?)$/, '$1$2:$3');
  const swapped = written.replace(/^(@?)([^:@]+):(.+)$/, '$1$3:$2');
  const meant = [written, swapped].find(
    (range) => MEANT.test(range) && parseAlertRange(range) !== undefined,
  );
  return meant === undefined ? '' : ` Did you mean ${meant}?`;
}

/** A plain number of seconds, as plugins take it, becomes a duration. */
function withUnit(text: string): string {
  return text.trim().replace(/^\d+(?:\.\d+)?$/, '$&s');
}

/** A time that may not fall short, in seconds: `120s`, `2m`, `120`, or as a range `120:`. */
export function parseLowerBound(text: string): number {
  return parseDurationMs(withUnit(text.trim().replace(/:$/, ''))) / 1000;
}

/** A time limit in ms: `10s`, `1m`, or `10` for seconds. */
export function parseTimeout(text: string): number {
  return parseLength(withUnit(text));
}

/** Counts how often an option without a value was given; commander hands in the count so far. */
export function oneMore(_: string, before = 0): number {
  return before + 1;
}
