import { Box, Text } from 'ink';
import { hintLines, problemLines } from '../../format/filter-hint.ts';
import { shortenEnd, shortenStart } from '../../format/shorten.ts';
import { stringWidth } from '../../format/string-width.ts';
import { printable } from '../../kernel/foreign-text.ts';
import { parseFilter } from '../../model/query/filter-words.ts';
import type { Panel } from '../../store/panel.ts';
import { keysOf } from '../key-action.ts';
import { KEYMAP } from '../keymap.ts';
import { usePalette } from '../hooks/use-palette.ts';
import { type Glyphs, withGlyphs } from '../theme.ts';
import { Line } from './line.tsx';
import { Secondary } from './secondary.tsx';

export interface FooterProps {
  readonly filter: string;
  readonly editingFilter: boolean;
  /** Its own keys stand first. */
  readonly panel: Panel;
  /** True while a recording is looked at. */
  readonly isReplay?: boolean;
  /** True if the panel has no commands to copy. */
  readonly hasNoCommands?: boolean;
  readonly glyphs: Glyphs;
  /** Terminal columns. */
  readonly columns: number;
  /** Rows of the terminal. */
  readonly rows?: number;
}

/** Rows that what is wrong with a filter leaves to all else. */
const ROWS_ABOVE_HINT = 7;

/** The filter while it is typed or in force, else the keys. */
export function Footer(props: FooterProps) {
  const { editingFilter } = props;
  if (editingFilter) return <FilterLine {...props} />;
  const mark = filterMark(props);
  return (
    <Text wrap="truncate">
      <Text inverse>{mark}</Text>
      {shownKeys(props).map(({ keys, help }) => (
        <Text key={help}>
          {' '}
          <Text bold>{keysText(keys)}</Text>
          <Secondary>{` ${help}`}</Secondary>{' '}
        </Text>
      ))}
    </Text>
  );
}

/** Name of the key whose entry is at `column`; undefined if there is none. */
export function footerKeyAt(props: FooterProps, column: number): string | undefined {
  if (props.editingFilter) return undefined;
  let start = stringWidth(filterMark(props));
  for (const entry of shownKeys(props)) {
    const end = start + entryWidth(entry);
    if (column >= start && column < end) return keyAt(entry.keys, column - start - 1);
    start = end;
  }
  return undefined;
}

/** The key of an entry at `x`; the words count as the first key. */
function keyAt(keys: readonly NamedKey[], x: number): string | undefined {
  let end = 0;
  const hit = keys.find(({ text }) => x < (end += text.length + 1) && x !== end - 1);
  return (hit ?? keys[0])?.name;
}

/** The filter in force, cut to the room that the permanent keys leave. */
function filterMark(props: FooterProps): string {
  const { filter, columns, glyphs } = props;
  if (filter === '') return '';
  const room = columns - widthOf(footerKeys(props).slice(-KEYS_ALWAYS));
  const text = withGlyphs(printable(filter), glyphs);
  return shortenEnd(` filter: ${text} `, room, glyphs.ellipsis);
}

type FilterProps = Pick<FooterProps, 'filter' | 'columns' | 'rows' | 'glyphs'>;

/** Rows of the footer. */
export function footerHeight({
  editingFilter,
  ...props
}: FilterProps & { editingFilter: boolean }) {
  return editingFilter ? 1 + filterView(props).below.length : 1;
}

interface FilterView {
  /** The filter before, at and after what is wrong. */
  readonly before: string;
  readonly wrong: string;
  readonly after: string;
  /** What is wrong, or the keys that go on. */
  readonly below: readonly string[];
  readonly isWrong: boolean;
}

function filterView({ filter, columns, rows = Infinity, glyphs }: FilterProps): FilterView {
  const { problem } = parseFilter(filter);
  const { at = filter.length, length = 0, hint = '' } = problem ?? {};
  const shown = (text: string) => withGlyphs(printable(text), glyphs);
  const room = columns - ' / '.length - 1;
  const isWhole = stringWidth(shown(filter)) <= room;
  // Of a long filter, the end is shown: that is where the next letter goes.
  const [before = '', wrong = '', after = ''] = isWhole
    ? [filter.slice(0, at), filter.slice(at, at + length), filter.slice(at + length)].map(shown)
    : [shortenStart(shown(filter), room, glyphs.ellipsis)];
  const start = ` / ${before}`;
  const said = isWhole
    ? problemLines(hint, stringWidth(start), stringWidth(wrong), columns)
    : hintLines(hint, columns);
  const below =
    problem === undefined
      ? [' Enter keeps it, Esc clears it']
      : said.slice(0, Math.max(1, rows - ROWS_ABOVE_HINT));
  return { before: start, wrong, after, below, isWrong: problem !== undefined };
}

/** The filter as it is typed, and below it what is wrong with it, under the wrong word. */
function FilterLine(props: FilterProps) {
  const { columns, glyphs } = props;
  const { critical } = usePalette();
  const { before, wrong, after, below, isWrong } = filterView(props);
  return (
    <Box flexDirection="column" height={1 + below.length} flexShrink={0}>
      <Text wrap="truncate">
        {before}
        <Text underline {...(critical !== undefined && { color: critical })}>
          {wrong}
        </Text>
        {after}
        <Text inverse> </Text>
      </Text>
      {below.map((line, index) => (
        <Line
          key={index}
          columns={columns}
          glyphs={glyphs}
          severity={isWrong ? 'critical' : 'info'}
          dimColor={!isWrong}
        >
          {line}
        </Line>
      ))}
    </Box>
  );
}

/** A key as the keymap names it and as the footer writes it. */
interface NamedKey {
  readonly name: string;
  readonly text: string;
}

interface FooterKey {
  readonly keys: readonly NamedKey[];
  readonly help: string;
}

/** Bindings with the same word share one entry: `< >` sort. */
function footerKeys({
  panel,
  isReplay = false,
  hasNoCommands = false,
  glyphs,
}: FooterProps): FooterKey[] {
  const byHelp = new Map<string, NamedKey[]>();
  const own = keysOf(panel);
  const taken = new Set(own.flatMap(({ keys }) => keys));
  const ofView = KEYMAP.filter(
    ({ keys, panels, inReplay = false }) =>
      panels === undefined && (isReplay || !inReplay) && !keys.some((key) => taken.has(key)),
  );
  for (const { keys, footer, replayFooter = footer } of [...own, ...ofView]) {
    const [name = ''] = keys;
    if (hasNoCommands && name === COPY_KEY) continue;
    const key = { name, text: withGlyphs(NAMES[name] ?? name, glyphs) };
    const word = isReplay ? replayFooter : footer;
    if (word) byHelp.set(word, [...(byHelp.get(word) ?? []), key]);
  }
  return [...byHelp].map(([help, keys]) => ({ keys, help }));
}

const COPY_KEY = 'y';

/** Named keys are written as on the keyboard. */
const NAMES: Readonly<Record<string, string>> = {
  enter: 'Enter',
  escape: 'Esc',
  left: '←',
  right: '→',
};

function keysText(keys: readonly NamedKey[]): string {
  return keys.map(({ text }) => text).join(' ');
}

/** Columns of an entry, with the blanks around it. */
function entryWidth({ keys, help }: FooterKey): number {
  return keysText(keys).length + help.length + 3;
}

function widthOf(entries: readonly FooterKey[]): number {
  return entries.reduce((sum, entry) => sum + entryWidth(entry), 0);
}

/** Help and quit come last, and are always there. */
const KEYS_ALWAYS = 2;

/** Always quit and help; others if they fit. Help gives way to the key that leaves a panel. */
function shownKeys(props: FooterProps): FooterKey[] {
  const shown = fittingKeys(props, KEYS_ALWAYS);
  const isBack = ({ keys }: FooterKey) => keys[0]?.name === BACK_KEY;
  if (props.panel === 'groups' || shown.some(isBack)) return shown;
  const withoutHelp = fittingKeys(props, 1);
  return withoutHelp.some(isBack) ? withoutHelp : shown;
}

const BACK_KEY = 'escape';

/** The last `always` keys, and those that fit of the others, from the first on. */
function fittingKeys(props: FooterProps, always: number): FooterKey[] {
  const keys = footerKeys(props);
  let left = props.columns - stringWidth(filterMark(props)) - widthOf(keys.slice(-always));
  const shown = keys.slice(0, -KEYS_ALWAYS).filter((key) => {
    left -= entryWidth(key);
    return left >= 0;
  });
  return [...shown, ...keys.slice(-always)];
}
