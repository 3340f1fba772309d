import { copiedNotice, selectableLines } from '../format/copied.ts';
import { laterPercent } from '../format/headroom.ts';
import { plain, type StyledLine, toned } from '../format/styled-line.ts';
import { formatPercent, formatRate } from '../format/units.ts';
import { cutLine, wrapAll } from '../format/wrap.ts';
import type { Advice } from '../model/advice/advice.ts';
import { type Glyphs, withGlyphs } from './theme.ts';

export interface OpenedAdviceProps {
  readonly opened: Advice;
  /** What stands before its title: its row in a list that has no room; undefined: the list says the title. */
  readonly title: string | undefined;
  /** How many of its lines were copied just now. */
  readonly copiedLines: number | undefined;
  /** Terminal columns. */
  readonly columns: number;
  /** Rows for the text, of which the copied commands are to be a part. */
  readonly rows: number;
  readonly glyphs: Glyphs;
}

/**
 * The opened suggestion, a line for each row: its commands, why, what could go wrong, and how to keep it. Commands stand
 * alone in their lines, so that they can be selected with the mouse and pasted.
 */
export function openedAdviceLines(props: OpenedAdviceProps): StyledLine[] {
  const { opened, title, copiedLines, columns, rows, glyphs } = props;
  const { why, caution, persist, config } = opened;
  const text = (words: string, lead = '') => paragraph(withGlyphs(words, glyphs), columns, lead);
  const commands = commandLines(opened.commands, columns);
  const configured = configBlock(config, columns);
  // What was copied stands right below the notice.
  const isConfig = (copiedLines ?? 0) > 0 && opened.commands.length === 0;
  const copied = isConfig ? configured : commands;
  const isWhole = !isConfig || configured.length === 1 + (copiedLines ?? 0);
  const isShown = isWhole && copied.length < rows;
  return [
    ...(copiedLines === undefined
      ? []
      : [toned('strong', ` ${copiedNotice(copiedLines, isShown, columns - 1)}`)]),
    ...(title === undefined || copiedLines !== undefined
      ? []
      : wrapAll(withGlyphs(title, glyphs), columns - 1).map((line) => toned('strong', ` ${line}`))),
    ...copied,
    ...text(why + laterText(opened)),
    ...(caution === undefined ? [] : text(caution, 'Note:')),
    ...(persist === undefined
      ? []
      : [toned('strong', ' To keep it across reboots:'), ...commandLines([persist], columns)]),
    ...(isConfig ? [] : configured),
  ];
}

/** The lines of a configuration file, and which program's it is. */
function configBlock(config: Advice['config'], columns: number): StyledLine[] {
  if (config === undefined) return [];
  return [
    toned('strong', ` For ${config.program}:`),
    ...config.lines.flatMap((line) => configLines(line, columns)),
  ];
}

/** Wrapped text, one column from the left, with its first word in bold if that is a lead. */
function paragraph(words: string, columns: number, lead: string): StyledLine[] {
  const whole = lead === '' ? words : `${lead} ${words}`;
  return wrapAll(whole, columns - 1).map((line, index) =>
    index === 0 && lead !== ''
      ? [...toned('strong', ` ${lead}`), ...plain(line.slice(lead.length))]
      : plain(` ${line}`),
  );
}

function commandLines(commands: readonly string[], columns: number): StyledLine[] {
  return commands
    .flatMap((command) => selectableLines(command, columns, '  '))
    .flatMap((line) => cutLine(line, columns))
    .map((line) => toned('strong', line));
}

/** A line of a configuration file, which is indented if there is room. A comment stays one when it takes several lines. */
function configLines(line: string, columns: number): StyledLine[] {
  const indented = `   ${line}`;
  if (indented.length <= columns) return [plain(indented)];
  const [lead = '', mark = ''] = /^ *((?:#|\/\/) *)?/.exec(line) ?? [];
  const next = mark === '' ? `${lead}  ` : lead;
  return wrapAll(line.slice(lead.length), columns - next.length).map((piece, index) =>
    plain((index === 0 ? lead : next) + piece),
  );
}

/** Headroom a minute later, if it differs. */
function laterText({ effect }: Advice): string {
  const { headroomAfter, headroomAfterMinute, isAtMost = false, isGradual = false } = effect;
  const { mostPerSecond } = effect;
  const demand =
    mostPerSecond === undefined
      ? 'at the present demand'
      : `of the most wanted in this outage (${formatRate(mostPerSecond)}/s, retries counted)`;
  if (isGradual) return ' Headroom grows within a minute, as TIME_WAIT goes.';
  return Math.abs(headroomAfterMinute - headroomAfter) < 1
    ? ''
    : ` Headroom is ${formatPercent(headroomAfter)} at once, and ${laterPercent(headroomAfterMinute, isAtMost)} after a minute ${demand}.`;
}
