import type { SysctlNote } from '../model/sysctl-notes.ts';
import { shortenEnd, shortenStart } from './shorten.ts';
import { stringWidth } from './string-width.ts';

/** A row of the sysctl table, by the titles of its columns; what there is no room for is left out. */
export interface SysctlRow {
  readonly sysctl: string;
  readonly now: string;
  readonly 'should be'?: string;
  readonly 'what it means here'?: string;
}

/** What a table takes besides the texts: for each column a rule and a blank on both sides, and a last rule. */
const FRAME = { perColumn: 3, end: 1 } as const;
/** A list of reserved ports may be of any length; the others have room in the first of these. */
const NOW_WIDTH = { least: 11, share: 0.16 } as const;
const AS_IT_IS = 'as it is';
/** Narrower, the explanation below says it. */
const SHOULD_BE_COLUMNS = 60;
/** Narrower, the start of a sentence says nothing. */
const SMALLEST_MEANING = 20;

/**
 * The table's rows, cut so that all of it is at most `columns` wide beside a column of one character: the
 * meaning gets what the others leave, or there is none.
 */
export function sysctlRows(
  notes: readonly SysctlNote[],
  columns: number,
  ellipsis: string,
): SysctlRow[] {
  const rows = notes.map(({ name, value, shouldBe, meaning }) => ({
    name,
    now: value === '' ? 'none' : (value ?? 'absent'),
    shouldBe: shouldBe ?? AS_IT_IS,
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

/** What a table of these rows leaves unsaid of a sysctl, as one text to stand behind its name. */
export function sysctlExplanation({ shouldBe, meaning }: SysctlNote, columns: number): string {
  return columns >= SHOULD_BE_COLUMNS || shouldBe === undefined
    ? meaning
    : `should be ${shouldBe}: ${meaning}`;
}
