import { printable } from '../../kernel/foreign-text.ts';
import { Text } from 'ink';
import { reuseText } from '../../format/reuse.ts';
import { fitPieces, shortenEnd } from '../../format/shorten.ts';
import { stringWidth } from '../../format/string-width.ts';
import { formatCount, formatRate, formatShortCount } from '../../format/units.ts';
import { sysctlNumber } from '../../kernel/sysctl.ts';
import type { Model } from '../../model/model.ts';
import { isRangeAssumed } from '../../model/sample/port-space.ts';
import { type Glyphs, withGlyphs } from '../theme.ts';
import { Secondary } from './secondary.tsx';

export interface PortSpaceLineProps {
  readonly model: Model;
  /** Terminal columns. */
  readonly columns: number;
  /** How the sockets are read, and how often; undefined if the title line says it. */
  readonly source: string | undefined;
  /** Recording mark at the right end; '' for none, or if the title line has it. */
  readonly mark: string;
  readonly glyphs: Glyphs;
}

/** The ports that there are, and what takes them. The separators step back, so that the figures stand out. */
export function PortSpaceLine({ model, columns, source, mark, glyphs }: PortSpaceLineProps) {
  const room = columns - stringWidth(mark);
  const text = withGlyphs(` ${portSpaceText(model, source, room - 1, glyphs)}`, glyphs);
  const shown = shortenEnd(text, room, glyphs.ellipsis);
  const [first, ...others] = (mark === '' ? shown : shown.padEnd(room)).split(glyphs.separator);
  return (
    <Text wrap="truncate">
      {first}
      {others.map((piece, index) => (
        <Text key={index}>
          <Secondary>{glyphs.separator}</Secondary>
          {piece}
        </Text>
      ))}
      {mark !== '' && (
        <Text inverse bold>
          {mark}
        </Text>
      )}
    </Text>
  );
}

/** Figures that change with the traffic have a fixed width: what stands behind them keeps its place. */
function portSpaceText(
  { sample, opensPerSecond }: Model,
  source: string | undefined,
  width: number,
  glyphs: Glyphs,
): string {
  const { portSpace, sysctls, counters } = sample;
  const buckets = sysctlNumber(sysctls, 'net.ipv4.tcp_max_tw_buckets');
  const timeWait = counters.timeWaitNow ?? sample.byState.TIME_WAIT ?? 0;
  const size = formatCount(portSpace.size);
  const assumed = isRangeAssumed(sysctls) ? ' assumed' : '';
  const range = `range ${portSpace.low}–${portSpace.high}${assumed}`;
  const opens = opensPerSecond === undefined ? '' : formatRate(opensPerSecond);
  const reuse = printable(sysctls['net.ipv4.tcp_tw_reuse'] ?? 'unknown');
  const start = [
    // How it is watched is always there, at 40 columns too.
    source === undefined ? `${range}  ${size} ports` : `${range}  ${source.padEnd(SOURCE_WIDTH)}`,
    source === undefined ? '' : `${size} ports`,
    `reserved ${formatCount(portSpace.reserved)}  held ${formatCount(portSpace.held).padEnd(size.length)}`,
  ];
  const fit = (...pieces: readonly string[]) =>
    fitPieces([...start, ...pieces].filter(Boolean), ` ${glyphs.separator} `, width);
  // In fewer words rather than not at all: what is suggested is mostly about it.
  const reuseForms = [reuseText(reuse), reuseText(reuse).replace(/ only$/, ''), reuse];
  const reusePiece = reuseForms
    .map((form) => `tw_reuse ${form}`)
    .find((piece) => fit(piece).endsWith(piece));
  const textWith = (rate: string) =>
    reusePiece === undefined
      ? fit().trimEnd()
      : fit(
          reusePiece,
          `TIME_WAIT ${formatShortCount(timeWait).padStart(SHORT_COUNT)}${buckets === undefined ? '' : ` of ${formatShortCount(buckets)}`}`,
          opens === '' ? '' : `${rate} opens/s`,
        ).trimEnd();
  // The last figure has room to grow, or at least is there.
  const padded = textWith(opens.padStart(SHORT_COUNT));
  return padded.endsWith('opens/s') ? padded : textWith(opens);
}

const SOURCE_WIDTH = 'netlink 250ms'.length;
/** Columns of a short count below ten million. */
const SHORT_COUNT = 5;
