import { Box, Text } from 'ink';
import { stringWidth } from '../../format/string-width.ts';
import { reuseText } from '../../format/reuse.ts';
import { fitPieces, shortenEnd } from '../../format/shorten.ts';
import {
  formatClock,
  formatCount,
  formatInterval,
  formatPercent,
  formatRate,
  formatShortCount,
} from '../../format/units.ts';
import { type Verdict, verdictOf } from '../../format/verdict.ts';
import { sysctlNumber } from '../../kernel/sysctl.ts';
import type { Model } from '../../model/model.ts';
import { type Glyphs, withGlyphs } from '../theme.ts';
import { Line } from './line.tsx';
import { Secondary } from './secondary.tsx';

export interface HeaderProps {
  readonly model: Model;
  /** Terminal columns. */
  readonly columns: number;
  readonly intervalMs: number;
  /** Banner when the view is not live; undefined when it is. */
  readonly held: string | undefined;
  /** Mark of a running recording; undefined when none runs. */
  readonly recording?: string | undefined;
  /** Mark of a hypothetical model; undefined when it is real. */
  readonly whatIf: string | undefined;
  /** What to do about the verdict, in a line; '' keeps the line free, undefined leaves it out. */
  readonly fix?: string | undefined;
  /** False on a screen too low for it. */
  readonly showTitle: boolean;
  readonly glyphs: Glyphs;
}

/** The verdict in words, the port space, and what is watched how. */
export function Header(props: HeaderProps) {
  const { model, columns, intervalMs, held, whatIf, showTitle, glyphs } = props;
  const recording = props.recording && withGlyphs(props.recording, glyphs);
  const verdict = verdictOf(model);
  const screen = { columns, glyphs };
  return (
    <Box flexDirection="column">
      {showTitle && (
        <Text wrap="truncate">
          <Text bold> ephtop</Text>
          {recording && '  '}
          {recording && <Text inverse bold>{` ${recording} `}</Text>}
          <Secondary>
            {shortenEnd(
              `  ${titleText(model, intervalMs, columns - 12 - recordingWidth(recording))}`,
              Math.max(0, columns - 7 - recordingWidth(recording)),
              glyphs.ellipsis,
            )}
          </Secondary>
        </Text>
      )}
      {whatIf !== undefined && (
        <Line {...screen} inverse bold>
          {whatIf}
        </Line>
      )}
      {verdictLines(verdict, columns - 4, hasFix(model, whatIf)).map((line, index) => (
        <Line
          key={index}
          {...screen}
          severity={verdict.severity}
          bold={verdict.severity !== 'info'}
        >
          {` ${index === 0 ? glyphs.severity[verdict.severity] : ' '} ${line}`}
        </Line>
      ))}
      {props.fix === '' && <Text> </Text>}
      {props.fix && <Line {...screen} bold>{`   ${props.fix}`}</Line>}
      <PortSpace {...screen} model={model} mark={showTitle ? undefined : recording} />
      {held !== undefined && (
        <Line {...screen} inverse>
          {held}
        </Line>
      )}
      {model.sample.sampling.warnings.length > 0 && (
        <Line {...screen} severity="warning">
          {` ! ${warningText(model)}`}
        </Line>
      )}
    </Box>
  );
}

/** A panel that has nothing to suggest is not pointed to. */
function hasFix({ advice }: Model, whatIf: string | undefined): boolean {
  return whatIf === undefined && advice.length > 0;
}

/** How many lines the header takes with these props. */
export function headerHeight(props: HeaderProps): number {
  const { model, columns, held, whatIf, fix, showTitle } = props;
  const warnings = model.sample.sampling.warnings.length > 0;
  return (
    verdictLines(verdictOf(model), columns - 4, hasFix(model, whatIf)).length +
    Number(whatIf !== undefined) +
    1 +
    Number(showTitle) +
    Number(fix !== undefined) +
    Number(held !== undefined) +
    Number(warnings)
  );
}

/**
 * One line where all that matters fits into it, else the group and its fate on a line each; `withHint`
 * says where the way out is.
 */
export function verdictLines(
  { label, statement, details, severity }: Verdict,
  width: number,
  withHint = true,
): string[] {
  const said = [label, statement].filter(Boolean).join(' ');
  const hint = severity === 'info' || !withHint ? '' : ' — press a for the fix';
  // Before the details, which the table shows too.
  const line = (start: string) => {
    const hinted = stringWidth(start + hint) <= width ? hint : '';
    return fitPieces([start, ...details], ' ', width - stringWidth(hinted)) + hinted;
  };
  if (label === undefined || stringWidth(said) <= width) return [line(said)];
  return [label, line(statement)];
}

/** With the blanks around it. */
function recordingWidth(mark: string | undefined): number {
  return mark === undefined ? 0 : stringWidth(mark) + 4;
}

function titleText({ sample }: Model, askedMs: number, width: number): string {
  const { host, sampling, takenAtMs } = sample;
  return fitPieces(
    [
      `${host.hostname}  Linux ${host.kernel}`,
      formatClock(takenAtMs),
      ...(sampling.replayOf === undefined
        ? [`${sampling.source} ${intervalText(sampling, askedMs)}`, ...costText(sampling)]
        : [['replay of', sampling.replayOf, ...recordedInterval(sampling)].join(' ')]),
      `${formatCount(sampling.sockets)} ${sampling.sockets === 1 ? 'socket' : 'sockets'}${leftOutText(sampling)}`,
    ],
    '  ',
    width,
  );
}

type Sampling = Model['sample']['sampling'];

/** The interval in use, and the requested one if the CPU budget stretches it; a shorter one is still the previous. */
function intervalText({ pacing }: Sampling, askedMs: number): string {
  const actualMs = pacing?.intervalMs ?? askedMs;
  return actualMs > askedMs
    ? `${formatInterval(actualMs)} (instead of ${formatInterval(askedMs)})`
    : formatInterval(askedMs);
}

/** A recording does not keep the requested interval. */
function recordedInterval({ pacing }: Sampling): string[] {
  return pacing === undefined ? [] : [formatInterval(pacing.intervalMs)];
}

function costText({ pacing }: Sampling): string[] {
  return pacing?.cpuShare === undefined ? [] : [`cost ${formatPercent(100 * pacing.cpuShare)} CPU`];
}

function leftOutText({ leftOut }: Sampling): string {
  return leftOut === 0 ? '' : ` read, ${formatShortCount(leftOut)} accepted ones left out`;
}

interface PortSpaceProps extends Pick<HeaderProps, 'model' | 'columns' | 'glyphs'> {
  /** Recording mark in front; undefined if the title line has it. */
  readonly mark: string | undefined;
}

/** The separators step back, so that the figures stand out. */
function PortSpace({ model, columns, glyphs, mark }: PortSpaceProps) {
  const room = columns - recordingWidth(mark);
  const text = withGlyphs(` ${portSpaceText(model, room - 1, glyphs)}`, glyphs);
  const [first, ...others] = shortenEnd(text, room, glyphs.ellipsis).split(glyphs.separator);
  return (
    <Text wrap="truncate">
      {mark !== undefined && <Text inverse bold>{` ${mark} `}</Text>}
      {first}
      {others.map((piece) => (
        <Text key={piece}>
          <Secondary>{glyphs.separator}</Secondary>
          {piece}
        </Text>
      ))}
    </Text>
  );
}

function portSpaceText({ sample, opensPerSecond }: Model, width: number, glyphs: Glyphs): string {
  const { portSpace, sysctls, counters } = sample;
  const buckets = sysctlNumber(sysctls, 'net.ipv4.tcp_max_tw_buckets');
  const timeWait = counters.timeWaitNow ?? sample.byState.TIME_WAIT ?? 0;
  return fitPieces(
    [
      `range ${portSpace.low}–${portSpace.high}  ${formatCount(portSpace.size)} ports`,
      `reserved ${formatCount(portSpace.reserved)}  held ${formatCount(portSpace.held)}`,
      `tw_reuse ${reuseText(sysctls['net.ipv4.tcp_tw_reuse'] ?? 'unknown')}`,
      `TIME_WAIT ${formatShortCount(timeWait)}${buckets === undefined ? '' : ` of ${formatShortCount(buckets)}`}`,
      opensPerSecond === undefined ? '' : `${formatRate(opensPerSecond)} opens/s`,
    ].filter(Boolean),
    ` ${glyphs.separator} `,
    width,
  );
}

function warningText({ sample }: Model): string {
  const [first = '', ...others] = sample.sampling.warnings;
  return others.length === 0 ? first : `${first} (and ${others.length} more)`;
}
