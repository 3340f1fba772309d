import type { GroupOrder, SortColumn } from '../model/query/order.ts';

/** Sets of colours; `mono` has none. */
export const THEMES = ['default', 'colour-blind', 'mono'] as const;

export type Theme = (typeof THEMES)[number];

/** The theme of a view that nobody chose one for. */
export const DEFAULT_THEME: Theme = 'default';

/** Ms between two samples, where nobody said otherwise. */
export const DEFAULT_INTERVAL_MS = 250;

/** What of the view the user can have remembered. */
export interface RememberedSettings {
  /** Undefined: there was no choice, as the terminal or the user wants no colours. */
  readonly theme: Theme | undefined;
  readonly sort: SortColumn;
  readonly inverted: boolean;
  readonly intervalMs: number;
}

/** The part of the view's state that settings are about. */
export interface SettingsState {
  readonly theme: Theme;
  /** Those that can be chosen. */
  readonly themes: readonly Theme[];
  readonly order: GroupOrder;
  /** Ms between two samples, as the user wants it. */
  readonly intervalMs: number;
}

/** The settings as they are now. */
export function rememberedSettings(state: SettingsState): RememberedSettings {
  return {
    theme: state.themes.length > 1 ? state.theme : undefined,
    sort: state.order.column,
    inverted: state.order.inverted,
    intervalMs: state.intervalMs,
  };
}

/** What is said when the theme was changed. */
export function themeNotice(theme: Theme, themes: readonly Theme[]): string {
  return themes.length > 1
    ? `Theme: ${theme}; S keeps it`
    : `Theme: ${theme}, as no colour is wanted`;
}

/** The next of the themes that can be chosen. */
export function nextTheme({ theme, themes }: SettingsState): Theme {
  return themes[(themes.indexOf(theme) + 1) % themes.length] ?? theme;
}
