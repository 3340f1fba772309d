/**
 * A range as monitoring plugins have them: `[@]start:end`. A value outside it raises an alert; with `@`, a value
 * inside it does. Both ends belong to the range.
 */
export interface AlertRange {
  /** -Infinity for `~`. */
  readonly start: number;
  /** Infinity if it is left out. */
  readonly end: number;
  /** True for `@`. */
  readonly isInside: boolean;
  /** As performance data has it: as it was written, without percent signs. */
  readonly text: string;
}

const NUMBER = String.raw`-?(?:\d+(?:\.\d*)?|\.\d+)`;
const RANGE = new RegExp(`^(@?)(?:(~|${NUMBER})?(:))?(${NUMBER})?$`);

/** Reads a range such as `75`, `75%`, `~:75`, `10:`, `10:20` or `@10:20`; undefined for anything else. */
export function parseAlertRange(written: string): AlertRange | undefined {
  const text = written.trim().replace(/(?<=[\d.])%/g, '');
  const match = RANGE.exec(text);
  if (match === null || !/[\d:]/.test(text)) return undefined;
  const [, at, from, colon, to] = match;
  const start = from === '~' ? -Infinity : Number(from ?? 0);
  const end = to === undefined ? Infinity : Number(to);
  if (start > end || (colon === undefined && to === undefined)) return undefined;
  return { start, end, isInside: at === '@', text };
}

/** True if the value raises an alert. */
export function isAlert({ start, end, isInside }: AlertRange, value: number): boolean {
  return (value >= start && value <= end) === isInside;
}
