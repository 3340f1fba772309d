import { Box } from 'ink';
import { copiedNotice, selectableLines } from '../../format/copied.ts';
import { plain } from '../../format/styled-line.ts';
import { type WhatIfRow, whatIfFigureLines, whatIfRows } from '../../format/what-if.ts';
import { wrapWords } from '../../format/wrap.ts';
import type { Model } from '../../model/model.ts';
import type { WhatIf } from '../../model/what-if/changes.ts';
import { whatIfCommands } from '../../model/what-if/commands.ts';
import { whatIfFigures } from '../../model/what-if/figures.ts';
import { whatIfPrices } from '../../model/what-if/prices.ts';
import { firstVisibleRow, type ListView, whatIfLayout, type WhatIfLayout } from '../layout.ts';
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
  const figures = figureLines(props).slice(-layout.figures);
  if (cursor >= rows.length)
    return (
      <Box flexDirection="column" flexShrink={0}>
        <Figures {...screen} lines={figures} />
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
          {parameterText(row, first + index === cursor ? glyphs.selected : ' ', columns)}
        </Line>
      ))}
      <Figures {...screen} lines={figures} />
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
      {cutAt(noteLines(props), layout.notes).map((note, index) => (
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

function roomToRead(props: WhatIfPanelProps): number {
  return Math.max(1, props.rows - layoutOf(props).figures);
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
  const first = firstVisibleRow(props.cursor, parameters, total);
  return { top: Number(heading), first, shown: parameters };
}

function layoutOf(props: WhatIfPanelProps): WhatIfLayout {
  const { real, changes, copiedLines, rows } = props;
  return whatIfLayout(rows, {
    parameters: whatIfRows(real, changes).length,
    figures: real.worst === undefined ? 1 : FIGURE_LINES,
    commands: commandLines(props).length,
    notes: noteLines(props).length,
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

/** The lines that there is room for; the last one says if there are more. */
function cutAt(lines: readonly string[], room: number): readonly string[] {
  if (lines.length <= room) return lines;
  const left = lines.length - room + 1;
  return [...lines.slice(0, Math.max(0, room - 1)), `   ↓ ${left} more lines`].slice(0, room);
}

/** A narrower screen shows one of the two values only. */
const BOTH_VALUES_COLUMNS = 60;

function rowText(mark: string, name: string, now: string, then: string, columns: number): string {
  const values = columns >= BOTH_VALUES_COLUMNS ? `${now.padEnd(17)} ${then}` : then || now;
  return `${mark}${name.padEnd(14)} ${values}`;
}

function parameterText({ name, now, changed }: WhatIfRow, mark: string, columns: number): string {
  return rowText(` ${mark} `, name, now, changed === undefined ? '' : `→ ${changed}`, columns);
}
