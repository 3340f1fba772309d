import { Box } from 'ink';
import { samplingNotes } from '../../format/sampling-notes.ts';
import { stringWidth } from '../../format/string-width.ts';
import { lineWidth, plain, type StyledLine, toned } from '../../format/styled-line.ts';
import { sysctlExplanation, type SysctlRow, sysctlRows } from '../../format/sysctl-rows.ts';
import { wrapAll } from '../../format/wrap.ts';
import type { Model } from '../../model/model.ts';
import { explainSysctls, type SysctlNote } from '../../model/sysctl-notes.ts';
import { firstVisibleRow } from '../../store/list-window.ts';
import type { ListView } from '../layout.ts';
import { hiddenLines, scrollMark, type TextScroll } from '../text-scroll.ts';
import { type Glyphs, withGlyphs } from '../theme.ts';
import { StyledRow } from './styled-row.tsx';
import { SysctlTable } from './sysctl-table.tsx';

export interface SysctlPanelProps {
  readonly model: Pick<Model, 'sample' | 'advice'>;
  /** Row that is explained in full. */
  readonly cursor: number;
  /** The first row on the screen, unless that at the cursor would be out of sight. */
  readonly firstRow?: number;
  /** Lines of the explanation above the panel. */
  readonly scroll?: number;
  /** Terminal columns. */
  readonly columns: number;
  /** Rows of the panel. */
  readonly rows: number;
  readonly glyphs: Glyphs;
}

/** ink-table's upper rule and its titles. */
const ROWS_ABOVE = 2;
/** The same and the lower rule. */
const TABLE_FRAME_ROWS = ROWS_ABOVE + 1;
/** The explanation of the row at the cursor, or a note, on a screen of 80 columns. */
const EXPLANATION_ROWS = 3;

/** Every sysctl that matters: its value, what is recommended, and what it means on this machine. */
export function SysctlPanel(props: SysctlPanelProps) {
  const { cursor, scroll = 0, columns, glyphs } = props;
  const notes = shownNotes(props);
  const { first, shown } = sysctlList(props);
  const cursorRow = Math.min(cursor, notes.length - 1);
  const named = sysctlRows(notes, columns, glyphs.ellipsis);
  const title = nameTitle(named, shown, cursorRow);
  const marksOf = (index: number) =>
    (index === cursorRow ? glyphs.selected : ' ') +
    (differs(notes[index]) ? glyphs.severity.warning : ' ');
  const table = named.map(({ sysctl, ...values }, index) => ({
    [`   ${title}`]: `${marksOf(index)} ${sysctl}`,
    ...values,
  }));
  const outstanding = new Set(table.filter((_, index) => differs(notes[index])));
  const text = textView(props);
  const from = Math.min(scroll, text.most);
  const mark = scrollMark(hiddenLines(text.lines.length, from, text.page), glyphs);
  return (
    <Box flexDirection="column" flexShrink={0}>
      <SysctlTable rows={table.slice(first, first + shown)} {...{ outstanding, glyphs }} />
      {text.lines.slice(from, from + text.page).map((line, index) => (
        <StyledRow
          key={index}
          line={index === text.page - 1 ? withMark(line, mark, columns) : line}
          glyphs={glyphs}
        />
      ))}
    </Box>
  );
}

/** The title of the names: which of how many rows is selected, if some are out of sight. */
function nameTitle(rows: readonly SysctlRow[], shown: number, cursorRow: number): string {
  const whole = `sysctl ${cursorRow + 1}/${rows.length}`;
  const width = Math.max(...rows.map(({ sysctl }) => stringWidth(sysctl)));
  return shown < rows.length && whole.length <= width ? whole : 'sysctl';
}

/** How far the explanation scrolls. */
export function sysctlScroll(props: SysctlPanelProps): TextScroll {
  return textView(props);
}

/** Which sysctls are on the screen, and where. */
export function sysctlList({
  model,
  cursor,
  firstRow = 0,
  rows,
}: Pick<SysctlPanelProps, 'model' | 'cursor' | 'firstRow' | 'rows'>): ListView {
  const total = explainSysctls(model).length;
  const textRows = (1 + samplingNotes(model.sample).length) * EXPLANATION_ROWS;
  const shown = Math.max(1, Math.min(total, rows - TABLE_FRAME_ROWS - textRows));
  const first = firstVisibleRow(Math.min(cursor, total - 1), { first: firstRow, shown }, total);
  return { top: ROWS_ABOVE, first, shown };
}

/** True where something else than the present value is recommended. */
function differs(note: SysctlNote | undefined): boolean {
  return note?.shouldBe !== undefined;
}

function shownNotes({ model, glyphs }: Pick<SysctlPanelProps, 'model' | 'glyphs'>): SysctlNote[] {
  return explainSysctls(model).map((note) => ({
    ...note,
    meaning: withGlyphs(note.meaning, glyphs),
  }));
}

/** The explanation and the notes below the table, narrower if they do not fit: the end of the last row has the mark. */
function textView(props: SysctlPanelProps): TextScroll & { readonly lines: readonly StyledLine[] } {
  const { columns, rows } = props;
  const page = Math.max(0, rows - TABLE_FRAME_ROWS - sysctlList(props).shown);
  const whole = textLines(props, columns - 1);
  if (whole.length <= page || page === 0) return { lines: whole, most: 0, page };
  const lines = textLines(props, columns - 1 - MARK_WIDTH);
  return { lines, most: lines.length - page, page };
}

const MARK_WIDTH = ' ↑ 99 ↓ 99'.length;

function withMark(line: StyledLine, mark: string, columns: number): StyledLine {
  const blanks = ' '.repeat(Math.max(0, columns - lineWidth(line) - stringWidth(mark)));
  return mark === '' ? line : [...line, ...toned('dim', blanks + mark)];
}

function textLines(props: SysctlPanelProps, width: number): StyledLine[] {
  const { model, cursor, columns, glyphs } = props;
  const notes = shownNotes(props);
  const looked = notes[cursor] ?? notes.at(-1);
  return [
    ...(looked === undefined ? [] : explanation(looked, columns, width)),
    ...samplingNotes(model.sample)
      .flatMap((note) => wrapAll(withGlyphs(note, glyphs), width))
      .map((line) => plain(` ${line}`)),
  ];
}

function explanation(note: SysctlNote, columns: number, width: number): StyledLine[] {
  const lead = `${note.name}:`;
  let left = lead.length;
  return wrapAll(`${lead} ${sysctlExplanation(note, columns)}`, width).map((line) => {
    const name = line.slice(0, left);
    left -= name.length;
    return [...toned('strong', ` ${name}`), ...plain(line.slice(name.length))];
  });
}
