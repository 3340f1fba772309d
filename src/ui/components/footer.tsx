import { Box, Text } from 'ink';
import { problemLine } from '../../format/filter-problem.ts';
import { stringWidth } from '../../format/string-width.ts';
import { escapeControl } from '../../kernel/parse-error.ts';
import { parseFilter } from '../../model/filter-words.ts';
import type { Panel } from '../../store/view-state.ts';
import { KEYMAP, keysOf } from '../keymap.ts';
import { usePalette } from '../hooks/use-palette.ts';
import { type Glyphs, withGlyphs } from '../theme.ts';
import { Line } from './line.tsx';

export interface FooterProps {
  readonly filter: string;
  readonly editingFilter: boolean;
  /** Its own keys stand first. */
  readonly panel: Panel;
  readonly glyphs: Glyphs;
  /** Terminal columns. */
  readonly columns: number;
}

/** The filter while it is typed or in force, else the keys. */
export function Footer({ filter, editingFilter, panel, columns, glyphs }: FooterProps) {
  if (editingFilter) return <FilterLine filter={filter} columns={columns} glyphs={glyphs} />;
  const keys = footerKeys(panel, glyphs);
  return (
    <Text wrap="truncate">
      {filter !== '' && <Text inverse>{` filter: ${escapeControl(filter)} `}</Text>}
      {keysThatFit(keys, columns - (filter === '' ? 0 : filter.length + 10)).map(
        ({ key, help }) => (
          <Text key={key}>
            {' '}
            <Text bold>{key}</Text>
            {` ${help} `}
          </Text>
        ),
      )}
    </Text>
  );
}

/** Rows of the footer. */
export function footerHeight(editingFilter: boolean): number {
  return editingFilter ? 2 : 1;
}

/** The filter as it is typed, and below it what is wrong with it, under the wrong word. */
function FilterLine({
  filter,
  columns,
  glyphs,
}: Pick<FooterProps, 'filter' | 'columns' | 'glyphs'>) {
  const { critical } = usePalette();
  const { problem } = parseFilter(filter);
  const { at = filter.length, length = 0, hint = '' } = problem ?? {};
  const [before, wrong, after] = [
    filter.slice(0, at),
    filter.slice(at, at + length),
    filter.slice(at + length),
  ].map(escapeControl);
  const start = ` / ${before}`;
  const below =
    problem === undefined
      ? ' Enter keeps it, Esc clears it'
      : problemLine(hint, stringWidth(start), stringWidth(wrong ?? ''), columns);
  return (
    <Box flexDirection="column" height={footerHeight(true)}>
      <Text wrap="truncate">
        {start}
        <Text underline {...(critical !== undefined && { color: critical })}>
          {wrong}
        </Text>
        {after}
        <Text inverse> </Text>
      </Text>
      <Line
        columns={columns}
        glyphs={glyphs}
        severity={problem === undefined ? 'info' : 'critical'}
        dimColor={problem === undefined}
      >
        {below}
      </Line>
    </Box>
  );
}

interface FooterKey {
  readonly key: string;
  readonly help: string;
}

/** Bindings with the same word share one entry: `< >` sort. */
function footerKeys(panel: Panel, glyphs: Glyphs): FooterKey[] {
  const byHelp = new Map<string, string[]>();
  const own = keysOf(panel);
  const taken = new Set(own.flatMap(({ keys }) => keys));
  const ofView = KEYMAP.filter(
    ({ keys, panels }) => panels === undefined && !keys.some((key) => taken.has(key)),
  );
  for (const { keys, footer } of [...own, ...ofView]) {
    if (footer !== undefined)
      byHelp.set(footer, [...(byHelp.get(footer) ?? []), footerKey(keys[0] ?? '')]);
  }
  return [...byHelp].map(([help, keys]) => ({ key: withGlyphs(keys.join(' '), glyphs), help }));
}

const NAMES: Readonly<Record<string, string>> = {
  enter: 'Enter',
  escape: 'Esc',
  left: '←',
  right: '→',
};

/** Named keys are written as on the keyboard. */
function footerKey(key: string): string {
  return NAMES[key] ?? key;
}

/** Quit and help always, the others as far as they fit. */
function keysThatFit(keys: readonly FooterKey[], columns: number): FooterKey[] {
  const width = ({ key, help }: FooterKey) => key.length + help.length + 3;
  const always = keys.slice(-2);
  let left = columns - always.reduce((sum, key) => sum + width(key), 0);
  const shown = keys.slice(0, -2).filter((key) => {
    left -= width(key);
    return left >= 0;
  });
  return [...shown, ...always];
}
