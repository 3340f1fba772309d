import { Box, Text } from 'ink';
import { bestFix } from '../../format/best-fix.ts';
import { stringWidth } from '../../format/string-width.ts';
import { fitPieces, shortenMiddle } from '../../format/shorten.ts';
import { samplingWarnings } from '../../format/sampling-notes.ts';
import { shortLabel } from '../../format/short-label.ts';
import { type PastOutage, pastOutageLine } from '../../format/past-outage.ts';
import { placeName } from '../../format/place.ts';
import { placeLead, type Verdict, verdictOf } from '../../format/verdict.ts';
import { labelText } from '../../format/fold.ts';
import { type HostNames, NO_NAMES } from '../../model/host-name.ts';
import type { Model } from '../../model/model.ts';
import type { Glyphs } from '../theme.ts';
import { Line } from './line.tsx';
import { PortSpaceLine } from './port-space-line.tsx';
import { recordingText, sourceText, TitleLine } from './title-line.tsx';

export interface HeaderProps {
  readonly model: Model;
  /** Terminal columns. */
  readonly columns: number;
  readonly intervalMs: number;
  /** Shown instead of destination addresses. */
  readonly names?: HostNames;
  /** True if the filter hides the group that the verdict is about. */
  readonly isFilteredOut?: boolean;
  /** Of several places, in words: how many, how old, how many lost; undefined: there is one. */
  readonly places?: string | undefined;
  /** What is to be known of places that no samples come from. */
  readonly lost?: readonly string[] | undefined;
  /** Banner when the view is not live; undefined when it is. */
  readonly held: string | undefined;
  /** Mark of a running recording; undefined when none runs. */
  readonly recording?: string | undefined;
  /** Seconds since the last sample, if the next is overdue. */
  readonly silentSeconds?: number | undefined;
  /** Why there is none, in a sentence, if that is known. */
  readonly silentReason?: string | undefined;
  /** Mark of a hypothetical model; undefined when it is real. */
  readonly whatIf: string | undefined;
  /** What to do about the verdict, in a line; '' keeps the line free, undefined leaves it out. */
  readonly fix?: string | undefined;
  /** The lines in which it goes on. */
  readonly restOfFix?: readonly string[];
  /** The same on a screen without a line for it: it stands where the verdict leaves one blank. */
  readonly spareFix?: string | undefined;
  /** True if these are the result of what was done, which is there in any case. */
  readonly isDone?: boolean;
  /** True while the panel is open that says what to do. */
  readonly isFixOpen?: boolean;
  /** False on a screen too low for it. */
  readonly showTitle: boolean;
  readonly glyphs: Glyphs;
}

/** The verdict in words, the port space, and what is watched how. */
export function Header(props: HeaderProps) {
  const { model, columns, intervalMs, recording, held, whatIf, showTitle, glyphs } = props;
  const { restOfFix = [] } = props;
  const verdict = shownVerdict(props);
  const warnings = warningsOf(props);
  const screen = { columns, glyphs };
  const { lines, fix } = verdictBlock(props);
  return (
    <Box flexDirection="column">
      {showTitle && (
        <TitleLine {...screen} {...{ model, intervalMs, recording, places: props.places }} />
      )}
      {whatIf !== undefined && (
        <Line {...screen} inverse bold>
          {whatIf}
        </Line>
      )}
      {lines.map((line, index) => (
        <Line
          key={index}
          {...screen}
          severity={verdict.severity}
          bold={verdict.severity !== 'info'}
        >
          {` ${index === 0 ? glyphs.severity[verdict.severity] : ' '} ${line}`}
        </Line>
      ))}
      {fix === '' && <Text> </Text>}
      {fix && <Line {...screen} bold={fix === (props.fix || props.spareFix)}>{`   ${fix}`}</Line>}
      {restOfFix.map((line) => (
        <Line key={line} {...screen} bold>{`   ${line}`}</Line>
      ))}
      <PortSpaceLine
        {...screen}
        model={model}
        source={showTitle ? undefined : sourceText(model.sample.sampling, intervalMs)}
        mark={showTitle ? '' : recordingText(recording, columns, glyphs)}
      />
      {held !== undefined && (
        <Line {...screen} inverse>
          {held}
        </Line>
      )}
      {warnings.length > 0 && (
        <Line {...screen} severity="warning">
          {` ! ${warningText(warnings)}`}
        </Line>
      )}
    </Box>
  );
}

/** What is to be known before the figures are believed, the most important first. */
function warningsOf({
  model,
  lost = [],
  silentSeconds,
  silentReason,
}: HeaderProps): readonly string[] {
  const silent = lost.length > 0 ? undefined : silentSeconds;
  return [...lost, ...samplingWarnings(model.sample, silent, silentReason)];
}

function shownVerdict({ model, names, isFilteredOut = false, places }: HeaderProps): Verdict {
  const verdict = verdictOf(model);
  const { group } = verdict;
  return {
    ...verdict,
    ...(names !== undefined && group !== undefined && { label: labelText(group, names) }),
    ...(isFilteredOut && { aside: 'hidden by the filter' }),
    ...(places !== undefined && { place: placeName(model.sample.place) }),
  };
}

/** A panel that has nothing to suggest is not pointed to, nor one that is open, nor beside the fix or what came of it. */
function hasFix(props: HeaderProps): boolean {
  const { model, whatIf, isDone = false, isFixOpen = false } = props;
  const isShown = isDone || isFixOpen || Boolean(shownFix(props));
  return whatIf === undefined && bestFix(model, Infinity) !== undefined && !isShown;
}

/** On a low screen what is to be done at once, or was done just now, is worth a group's row. */
function shownFix({ model, fix, spareFix, isDone = false }: HeaderProps): string | undefined {
  const isUrgent = isDone || model.worst?.severity === 'critical';
  return fix === undefined && isUrgent ? spareFix : fix;
}

/** How many lines the header takes with these props. */
export function headerHeight(props: HeaderProps): number {
  const { held, whatIf, showTitle, restOfFix = [] } = props;
  const warnings = warningsOf(props).length > 0;
  const { lines, fix } = verdictBlock(props);
  return (
    lines.length +
    Number(whatIf !== undefined) +
    1 +
    Number(showTitle) +
    Number(fix !== undefined) +
    restOfFix.length +
    Number(held !== undefined) +
    Number(warnings)
  );
}

/**
 * One line where all that matters fits into it, else the group and its fate on a line each; `withHint`
 * says where the way out is.
 */
export function verdictLines(
  verdict: Verdict,
  width: number,
  glyphs: Glyphs,
  withHint = true,
  names: HostNames = NO_NAMES,
): string[] {
  const { label, group, aside, statement, shorter = [], past } = verdict;
  const lead = placeLead(verdict);
  const beside = aside && `(${aside})`;
  const said = [lead, label, statement, beside].filter(Boolean).join(' ');
  const line = (start: string) => statementLine(start, verdict, width, withHint);
  if (group !== undefined && stringWidth(said) <= width) return [line(said)];
  const place =
    verdict.place === undefined
      ? ''
      : `${shortenMiddle(verdict.place, Math.floor(PLACE_SHARE * width), glyphs.ellipsis)}: `;
  const room = group === undefined ? width - stringWidth(place) : width;
  const forms = [statement, ...shorter];
  const fitting = forms.find((form) => stringWidth(form) <= room) ?? forms.at(-1) ?? statement;
  // In fewer words, there may be room for what was.
  const last = [fitting, ...shorter].map(line).find((each) => saysPast(each, past));
  if (group === undefined)
    return [last !== undefined && place === '' ? last : line(place + fitting)];
  const about = fitPieces(
    [
      place + shortLabel(group, width - stringWidth(place), { ...glyphs, names, source: 'end' }),
      beside,
    ].filter((piece) => piece !== undefined),
    ' ',
    width,
  );
  const isSaid = beside === undefined || about.endsWith(beside);
  return [about, ...(isSaid ? [] : [beside]), last ?? line(fitting)];
}

/** Share of a line that the name of a place may take, where not all fits into one. */
const PLACE_SHARE = 0.35;

/** The start of a line, with where the way out is and as many details as there is room for: what was before all others. */
function statementLine(
  start: string,
  { details, past, severity }: Verdict,
  width: number,
  withHint: boolean,
): string {
  const hint = severity === 'info' || !withHint ? '' : ' — press a for the fix';
  // Before the details, which the table shows too.
  const hinted = stringWidth(start + hint) <= width ? hint : '';
  const lineOf = (pieces: readonly string[]) =>
    fitPieces([start, ...pieces], ' ', width - stringWidth(hinted)) + hinted;
  const line = lineOf(details);
  return past === undefined || saysPast(line, past)
    ? line
    : lineOf([...details.slice(-1), ...details.slice(0, -1)]);
}

/** True if there is no past outage that the line leaves out. */
function saysPast(line: string, past: PastOutage | undefined): boolean {
  return (
    past === undefined ||
    line.includes(past.text) ||
    (past.label === undefined && /OUT OF PORTS|was out /.test(line))
  );
}

interface VerdictBlock {
  readonly lines: readonly string[];
  /** What stands in the line for the fix; undefined: there is no such line. */
  readonly fix: string | undefined;
}

/**
 * The lines of the verdict and of the fix. A past outage has a line of its own where the verdict has no room for it. On a
 * narrow screen a verdict of one line has another below it, which another verdict of the same group may need, with what there
 * was no room for: what stands below keeps its place.
 */
function verdictBlock(props: HeaderProps): VerdictBlock {
  const { columns, spareFix, fix, names, glyphs } = props;
  const width = columns - MARK_WIDTH;
  const verdict = shownVerdict(props);
  const { past } = verdict;
  const linesWith = (hint: boolean) => verdictLines(verdict, width, glyphs, hint, names);
  const isSpare = spareFix !== undefined && linesWith(false).length === 1;
  const lines = linesWith(hasFix(props) && !isSpare);
  const outage =
    past === undefined || lines.some((line) => saysPast(line, past))
      ? undefined
      : pastOutageLine(past, width, glyphs.ellipsis);
  // A wide screen shows as much as a narrow one, but keeps no line free for it.
  if (lines.length === 1 && (width < ONE_LINE_WIDTH || spareFix !== undefined))
    return { lines: [...lines, spareFix ?? outage ?? lastDetail(verdict, lines)], fix };
  // What is to be done, or was just now, comes before what was.
  const shown = shownFix(props);
  if (outage === undefined || shown) return { lines, fix: shown };
  return fix === '' ? { lines, fix: outage } : { lines: [...lines, outage], fix };
}

/** What comes last of a verdict, where its line has no room. */
function lastDetail({ details }: Verdict, lines: readonly string[]): string {
  const last = details.at(-1) ?? '';
  return lines.every((line) => !line.includes(last)) ? last : '';
}

/** The mark of the severity, and blanks around it. */
const MARK_WIDTH = 4;
/** From here on nearly every statement fits behind the label of two IPv4 addresses. */
const ONE_LINE_WIDTH = 90;

function warningText([first = '', ...others]: readonly string[]): string {
  return others.length === 0 ? first : `${first} (and ${others.length} more)`;
}
