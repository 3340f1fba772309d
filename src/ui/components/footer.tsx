import { Text } from 'ink';
import { KEYMAP } from '../keymap.ts';

export interface FooterProps {
  readonly filter: string;
  readonly editingFilter: boolean;
  /** Terminal columns. */
  readonly columns: number;
}

/** The filter while it is typed or in force, else the keys. */
export function Footer({ filter, editingFilter, columns }: FooterProps) {
  if (editingFilter) {
    return (
      <Text wrap="truncate">
        {` / ${filter}`}
        <Text inverse> </Text>
        <Text dimColor> Enter keeps it, Esc clears it</Text>
      </Text>
    );
  }
  const keys = footerKeys();
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
function footerKeys(): FooterKey[] {
  const byHelp = new Map<string, string[]>();
  for (const { keys, footer } of KEYMAP) {
    if (footer !== undefined)
      byHelp.set(footer, [...(byHelp.get(footer) ?? []), footerKey(keys[0] ?? '')]);
  }
  return [...byHelp].map(([help, keys]) => ({ key: keys.join(' '), help }));
}

/** Named keys are written as on the keyboard. */
function footerKey(key: string): string {
  return key === 'enter' ? 'Enter' : key;
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
