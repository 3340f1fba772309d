import { Box } from 'ink';
import { copiedNotice, selectableLines } from '../../format/copied.ts';
import { type WhatIfRow, whatIfOutcome, whatIfRows } from '../../format/what-if.ts';
import type { Model } from '../../model/model.ts';
import type { WhatIf } from '../../model/what-if/changes.ts';
import { whatIfCommands } from '../../model/what-if/commands.ts';
import { firstVisibleRow, type ListView, whatIfLayout, type WhatIfLayout } from '../layout.ts';
import type { Glyphs } from '../theme.ts';
import { Line } from './line.tsx';

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

/** What can be changed, what becomes of the worst group, and the commands that would do it. */
export function WhatIfPanel(props: WhatIfPanelProps) {
  const { real, outcome, changes, cursor, copiedLines, columns, glyphs } = props;
  const screen = { columns, glyphs };
  const layout = layoutOf(props);
  const rows = whatIfRows(real, changes);
  const { notes } = whatIfCommands(changes, real.sample);
  const { first, shown } = whatIfList(props);
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
      <Line {...screen} bold>{`   ${whatIfOutcome(real, outcome, columns - 3)}`}</Line>
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
      {notes.slice(0, layout.notes).map((note) => (
        <Line key={note} {...screen}>{`   ${note}`}</Line>
      ))}
      {layout.gap && <Box height={1} />}
    </Box>
  );
}

/** Rows that the panel leaves to the table below it, the title row among them. */
export function rowsBelowWhatIf(props: WhatIfPanelProps): number {
  return layoutOf(props).table;
}

/** Which of the things that can be changed are on the screen, and where. */
export function whatIfList(props: WhatIfPanelProps): ListView {
  const { heading, parameters } = layoutOf(props);
  const total = whatIfRows(props.real, props.changes).length;
  const first = firstVisibleRow(props.cursor, parameters, total);
  return { top: Number(heading), first, shown: parameters };
}

function layoutOf(props: WhatIfPanelProps): WhatIfLayout {
  const { real, changes, copiedLines, rows } = props;
  return whatIfLayout(rows, {
    parameters: whatIfRows(real, changes).length,
    commands: commandLines(props).length,
    notes: whatIfCommands(changes, real.sample).notes.length,
    copied: copiedLines !== undefined,
  });
}

/** Whole, so that they can be selected on the screen. */
function commandLines({ real, changes, columns }: WhatIfPanelProps): string[] {
  return whatIfCommands(changes, real.sample).commands.flatMap((command) =>
    selectableLines(command, columns, '   '),
  );
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
