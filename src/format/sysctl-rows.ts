import { printable } from '../kernel/foreign-text.ts';
import type { SysctlNote } from '../model/sysctl-notes.ts';
import { shortenEnd, shortenMiddle, shortenStart } from './shorten.ts';
import { stringWidth } from './string-width.ts';

/** Title of the values that help where ports are short. */
export const RECOMMENDED = 'recommended if short of ports';

/** A row of the sysctl table, by the titles of its columns. Columns without room are left out. */
export type SysctlRow = Readonly<Record<string, string>> & {
  readonly sysctl: string;
  readonly now: string;
};

/** Width of the table besides the texts: a rule and two blanks per column, and a last rule. */
const FRAME = { perColumn: 3, end: 1 } as const;
/** Width of the values. `least` fits all but a list of reserved ports, which may be of any length. */
const NOW_WIDTH = { least: 11, share: 0.16 } as const;
/** Width of the marks before each name, and a blank. */
const MARKS = 3;
const NO_CHANGE = 'no change';
/** Of a sysctl that this kernel does not have. */
const NOTHING = '-';
/** On a narrower screen, the title is its first word. */
const WHOLE_TITLE_COLUMNS = 80;
/** On a narrower screen, only the explanation below the table says what is recommended. */
const RECOMMENDED_COLUMNS = 60;
/** In a narrower column, the start of a sentence says nothing. */
const SMALLEST_MEANING = 20;

/**
 * The table's rows, cut so that the table fits into `columns` with three characters of marks. The meaning, the widest
 * text, comes last and gets the room that the other columns leave, or is left out.
 */
export function sysctlRows(
  notes: readonly SysctlNote[],
  columns: number,
  ellipsis: string,
): SysctlRow[] {
  const rows = notes.map(({ name, value, missing, shouldBe, ifShort = shouldBe, meaning }) => ({
    name,
    now: value === '' ? 'none' : printable(value ?? missing),
    recommended: ifShort ?? (value === undefined ? NOTHING : NO_CHANGE),
    meaning,
  }));
  const widest = (texts: readonly string[]) => Math.max(...texts.map((text) => stringWidth(text)));
  const title = recommendedTitle(columns);
  const now = Math.min(
    widest(rows.map((row) => row.now)),
    Math.max(NOW_WIDTH.least, Math.floor(columns * NOW_WIDTH.share)),
  );
  const recommended =
    title === undefined
      ? 0
      : widest([title, ...rows.map((row) => row.recommended)]) + FRAME.perColumn;
  const left = columns - FRAME.end - 2 * FRAME.perColumn - MARKS - now - recommended;
  const isRoomy = widest(rows.map((row) => row.name)) <= left;
  const names = rows.map((row) => (isRoomy ? row.name : shortName(row.name)));
  const name = Math.min(left, widest(names));
  const meaning = left - name - FRAME.perColumn;
  const cut = distinctNames(names, name, ellipsis);
  return rows.map((row, index) => ({
    sysctl: cut[index] ?? '',
    now: shortenEnd(row.now, now, ellipsis),
    ...(title !== undefined && { [title]: row.recommended }),
    ...(meaning >= SMALLEST_MEANING && {
      'what it means here': shortenEnd(row.meaning, meaning, ellipsis),
    }),
  }));
}

/** What nearly all names begin with; it goes first where there is no room. The explanation has the whole name. */
const COMMON_START = 'net.ipv4.';

/** The names in `width` columns: without their start, or where that is all that tells two from each other, their middle. */
function distinctNames(names: readonly string[], width: number, ellipsis: string): string[] {
  const ends = names.map((name) => shortenStart(name, width, ellipsis));
  return names.map((name, index) => {
    const [end = ''] = ends.slice(index);
    const isAlone = ends.indexOf(end) === ends.lastIndexOf(end);
    return isAlone ? end : shortenMiddle(name, width, ellipsis);
  });
}

function shortName(name: string): string {
  return name.startsWith(COMMON_START) ? name.slice(COMMON_START.length) : name;
}

function recommendedTitle(columns: number): string | undefined {
  if (columns < RECOMMENDED_COLUMNS) return undefined;
  return columns < WHOLE_TITLE_COLUMNS ? RECOMMENDED.split(' ')[0] : RECOMMENDED;
}

/** The explanation of a sysctl below the table, with what is recommended where the table does not say it, or not whole. */
export function sysctlExplanation(
  { shouldBe, ifShort = shouldBe, meaning }: SysctlNote,
  columns: number,
): string {
  if (ifShort === undefined || columns >= WHOLE_TITLE_COLUMNS) return meaning;
  if (columns < RECOMMENDED_COLUMNS) return `${RECOMMENDED}: ${ifShort}. ${meaning}`;
  return `${meaning} ${RECOMMENDED.replace('r', 'R')}: ${ifShort}.`;
}
