import type { SysctlNote } from '../model/sysctl-notes.ts';
import { shortenEnd, shortenStart } from './shorten.ts';
import { stringWidth } from './string-width.ts';

/** A row of the sysctl table, by the titles of its columns. Columns without room are left out. */
export interface SysctlRow {
  readonly sysctl: string;
  readonly now: string;
  readonly 'should be'?: string;
  readonly 'what it means here'?: string;
}

/** Width of the table besides the texts: a rule and two blanks per column, and a last rule. */
const FRAME = { perColumn: 3, end: 1 } as const;
/** Width of the values. `least` fits all but a list of reserved ports, which may be of any length. */
const NOW_WIDTH = { least: 11, share: 0.16 } as const;
const NO_CHANGE = 'no change';
/** Of a sysctl that this kernel does not have. */
const NOTHING = '-';
/** On a narrower screen, the explanation below the table says it. */
const SHOULD_BE_COLUMNS = 60;
/** In a narrower column, the start of a sentence says nothing. */
const SMALLEST_MEANING = 20;

/**
 * The table's rows, cut so that the table fits into `columns` beside a column of one character. The meaning gets the
 * room that the other columns leave, or is left out.
 */
export function sysctlRows(
  notes: readonly SysctlNote[],
  columns: number,
  ellipsis: string,
): SysctlRow[] {
  const rows = notes.map(({ name, value, shouldBe, meaning }) => ({
    name,
    now: value === '' ? 'none' : (value ?? 'absent'),
    shouldBe: shouldBe ?? (value === undefined ? NOTHING : NO_CHANGE),
    meaning,
  }));
  const widest = (texts: readonly string[]) => Math.max(...texts.map((text) => stringWidth(text)));
  const hasShouldBe = columns >= SHOULD_BE_COLUMNS;
  const now = Math.min(
    widest(rows.map((row) => row.now)),
    Math.max(NOW_WIDTH.least, Math.floor(columns * NOW_WIDTH.share)),
  );
  const shouldBe = hasShouldBe
    ? widest(['should be', ...rows.map((row) => row.shouldBe)]) + FRAME.perColumn
    : 0;
  const left = columns - FRAME.end - 3 * FRAME.perColumn - 1 - now - shouldBe;
  const name = Math.min(left, widest(rows.map((row) => row.name)));
  const meaning = left - name - FRAME.perColumn;
  return rows.map((row) => ({
    sysctl: shortenStart(row.name, name, ellipsis),
    now: shortenEnd(row.now, now, ellipsis),
    ...(hasShouldBe && { 'should be': row.shouldBe }),
    ...(meaning >= SMALLEST_MEANING && {
      'what it means here': shortenEnd(row.meaning, meaning, ellipsis),
    }),
  }));
}

/** The explanation of a sysctl below the table, including its target value if the table has no room for that. */
export function sysctlExplanation({ shouldBe, meaning }: SysctlNote, columns: number): string {
  return columns >= SHOULD_BE_COLUMNS || shouldBe === undefined
    ? meaning
    : `should be ${shouldBe}: ${meaning}`;
}
