import { Box } from 'ink';
import { copiedNotice, selectableLines } from '../../format/copied.ts';
import { stringWidth } from '../../format/string-width.ts';
import { plain } from '../../format/styled-line.ts';
import { type WhatIfRow, whatIfFigureLines, whatIfRows } from '../../format/what-if.ts';
import { wrapWords } from '../../format/wrap.ts';
import type { Model } from '../../model/model.ts';
import type { WhatIf } from '../../model/what-if/changes.ts';
import { whatIfCommands } from '../../model/what-if/commands.ts';
import { whatIfFigures } from '../../model/what-if/figures.ts';
import { whatIfPrices } from '../../model/what-if/prices.ts';
import { firstVisibleRow } from '../../store/list-window.ts';
import { type ListView, whatIfLayout, type WhatIfLayout } from '../layout.ts';
import type { Glyphs } from '../theme.ts';
import { Line } from './line.tsx';
import { ScrolledLines, scrollPositions } from './scrolled-lines.tsx';

export interface WhatIfPanelProps {
  /** The real machine. */
  readonly real: Model;
  /** The same with the changes. */
  readonly outcome: Model;
  readonly changes: WhatIf;
  /** The parameter that the keys change. */
  readonly cursor: number;
  /** The first row on the screen, unless that at the cursor would be out of sight. */
  readonly firstRow?: number;
  /** How many lines were copied just now. */
  readonly copiedLines: number | undefined;
  /** Terminal columns. */
  readonly columns: number;
  /** Rows for the panel and the table below it. */
  readonly rows: number;
  readonly glyphs: Glyphs;
}

/** What can be changed, what becomes of the worst group, the commands that would do it, and what they cost. */
export function WhatIfPanel(props: WhatIfPanelProps) {
  const { real, changes, cursor, copiedLines, columns, glyphs } = props;
  const screen = { columns, glyphs };
  const layout = layoutOf(props);
  const rows = whatIfRows(real, changes);
  const { first, shown } = whatIfList(props);
  const figures = figureLines(props);
  if (cursor >= rows.length)
    return (
      <Box flexDirection="column" flexShrink={0}>
        <Figures {...screen} lines={figures.slice(-figuresToRead(props))} />
        <ScrolledLines
          {...screen}
          lines={readLines(props).map(plain)}
          cursor={cursor - rows.length}
          rows={roomToRead(props)}
          paddingX={0}
        />
      </Box>
    );
  return (
    <Box flexDirection="column" flexShrink={0}>
      {layout.heading && (
        <Line {...screen} bold>
          {rowText('   ', 'WHAT IF', 'NOW', 'THEN', columns)}
        </Line>
      )}
      {rows.slice(first, first + shown).map((row, index) => (
        <Line key={row.parameter} {...screen} bold={row.changed !== undefined}>
          {first + index === cursor
            ? withPlace(parameterText(row, glyphs.selected, columns), props)
            : parameterText(row, ' ', columns)}
        </Line>
      ))}
      <Figures {...screen} lines={figures.slice(-layout.figures)} />
      {copiedLines !== undefined && layout.notice && (
        <Line
          {...screen}
          bold
        >{` ${copiedNotice(copiedLines, layout.commands > 0, columns - 1)}`}</Line>
      )}
      {layout.commands > 0 &&
        commandLines(props).map((line, index) => (
          <Line key={index} {...screen} bold>
            {line}
          </Line>
        ))}
      {cutAt(noteLines(props), layout.notes, hiddenCommands(props)).map((note, index) => (
        <Line key={index} {...screen}>
          {note}
        </Line>
      ))}
      {layout.gap && <Box height={1} />}
    </Box>
  );
}

type Screen = Pick<WhatIfPanelProps, 'columns' | 'glyphs'>;

function Figures({ lines, ...screen }: Screen & { readonly lines: readonly string[] }) {
  return lines.map((line) => (
    <Line key={line} {...screen} bold>
      {line}
    </Line>
  ));
}

/** The notes have this many rows at least, of which one says where one is in them. */
const ROWS_TO_READ = 4;

/** Lines of figures that stay on the screen above the notes that are read: all, or the last one. */
function figuresToRead(props: WhatIfPanelProps): number {
  const { figures } = layoutOf(props);
  return props.rows - figures < ROWS_TO_READ ? 1 : figures;
}

function roomToRead(props: WhatIfPanelProps): number {
  return Math.max(1, props.rows - figuresToRead(props));
}

/** Lines of commands for which there is no room. */
function hiddenCommands(props: WhatIfPanelProps): number {
  return commandLines(props).length - layoutOf(props).commands;
}

/** Rows that the cursor goes through: the parameters, and behind them what is not on the screen. */
export function whatIfLength(props: WhatIfPanelProps): number {
  const parameters = whatIfRows(props.real, props.changes).length;
  const { commands, notes } = layoutOf(props);
  const lines = readLines(props).length;
  if (lines <= commands + notes) return parameters;
  return parameters + scrollPositions(lines, roomToRead(props));
}

/** Commands and notes. */
function readLines(props: WhatIfPanelProps): readonly string[] {
  return [...commandLines(props), ...noteLines(props)];
}

/** Rows that the panel leaves to the table below it, the title row among them. */
export function rowsBelowWhatIf(props: WhatIfPanelProps): number {
  const isReading = props.cursor >= whatIfRows(props.real, props.changes).length;
  return isReading ? 0 : layoutOf(props).table;
}

/** Which of the things that can be changed are on the screen, and where. */
export function whatIfList(props: WhatIfPanelProps): ListView {
  const { heading, parameters } = layoutOf(props);
  const total = whatIfRows(props.real, props.changes).length;
  if (props.cursor >= total) return { top: 0, first: 0, shown: 0 };
  const { cursor, firstRow = 0 } = props;
  const first = firstVisibleRow(cursor, { first: firstRow, shown: parameters }, total);
  return { top: Number(heading), first, shown: parameters };
}

function layoutOf(props: WhatIfPanelProps): WhatIfLayout {
  const { real, changes, copiedLines, rows } = props;
  return whatIfLayout(rows, {
    parameters: whatIfRows(real, changes).length,
    figures: real.worst === undefined ? 1 : FIGURE_LINES,
    commands: commandLines(props).length,
    notes: Math.max(noteLines(props).length, Math.min(1, commandLines(props).length)),
    copied: copiedLines !== undefined,
  });
}

/** Whole, so that they can be selected on the screen. */
function commandLines({ real, changes, columns }: WhatIfPanelProps): string[] {
  return whatIfCommands(changes, real.sample).commands.flatMap((command) =>
    selectableLines(command, columns, '   '),
  );
}

/** Lines of the figures if there is a group; counted, because they cost more than their layout. */
const FIGURE_LINES = 3;

function figureLines({ real, outcome, changes, columns }: WhatIfPanelProps): string[] {
  const indent = columns < BOTH_VALUES_COLUMNS ? ' ' : '   ';
  const figures = whatIfFigures(real, outcome, changes);
  return whatIfFigureLines(figures, changes, columns - indent.length).map((line) => indent + line);
}

/** What commands cannot do, and the price of each change. */
function noteLines({ real, changes, columns }: WhatIfPanelProps): string[] {
  const { notes } = whatIfCommands(changes, real.sample);
  const texts = [...notes, ...whatIfPrices(changes, real).map((price) => `Note: ${price}`)];
  return texts.flatMap((text) => wrapWords(text, columns - 3).map((line) => `   ${line}`));
}

/** The lines that there is room for; the last one says if there are more, with the `hidden` ones before them. */
function cutAt(lines: readonly string[], room: number, hidden: number): readonly string[] {
  if (hidden === 0 && lines.length <= room) return lines;
  const left = hidden + lines.length - Math.min(lines.length, Math.max(0, room - 1));
  return [...lines.slice(0, Math.max(0, room - 1)), `   ↓ ${left} more lines`].slice(0, room);
}

/** A narrower screen shows one of the two values only. */
const BOTH_VALUES_COLUMNS = 60;

/** The row of the selected parameter, and which of how many it is if some are out of sight. */
function withPlace(text: string, props: WhatIfPanelProps): string {
  const total = whatIfRows(props.real, props.changes).length;
  if (layoutOf(props).parameters >= total) return text;
  const place = ` ${props.cursor + 1}/${total}`;
  const columns = Math.min(props.columns, BOTH_VALUES_COLUMNS);
  const free = columns - stringWidth(text) - place.length;
  return free < 0 ? text : text + ' '.repeat(free) + place;
}

function rowText(mark: string, name: string, now: string, then: string, columns: number): string {
  const values = columns >= BOTH_VALUES_COLUMNS ? `${now.padEnd(17)} ${then}` : then || now;
  return `${mark}${name.padEnd(14)} ${values}`;
}

function parameterText({ name, now, changed }: WhatIfRow, mark: string, columns: number): string {
  return rowText(` ${mark} `, name, now, changed === undefined ? '' : `→ ${changed}`, columns);
}
