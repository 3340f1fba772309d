import { Text } from 'ink';
import type { Panel } from '../../store/view-state.ts';
import { KEYMAP, keysOf } from '../keymap.ts';
import { type Glyphs, withGlyphs } from '../theme.ts';

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
  if (editingFilter) {
    return (
      <Text wrap="truncate">
        {` / ${filter}`}
        <Text inverse> </Text>
        <Text dimColor> Enter keeps it, Esc clears it</Text>
      </Text>
    );
  }
  const keys = footerKeys(panel, glyphs);
  return (
    <Text wrap="truncate">
      {filter !== '' && <Text inverse>{` filter: ${filter} `}</Text>}
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

interface FooterKey {
  readonly key: string;
  readonly help: string;
}

/** Bindings with the same word share one entry: `< >` sort. */
function footerKeys(panel: Panel, glyphs: Glyphs): FooterKey[] {
  const byHelp = new Map<string, string[]>();
  const bindings = [...keysOf(panel), ...KEYMAP.filter(({ panels }) => panels === undefined)];
  for (const { keys, footer } of bindings) {
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
