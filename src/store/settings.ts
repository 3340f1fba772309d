import type { GroupOrder, SortColumn } from '../model/query/order.ts';

/** Sets of colours; `mono` has none. */
export const THEMES = ['default', 'colour-blind', 'mono'] as const;

export type Theme = (typeof THEMES)[number];

/** The theme by default. */
export const DEFAULT_THEME: Theme = 'default';

/** Ms between two samples by default. */
export const DEFAULT_INTERVAL_MS = 250;

/** The settings of the view that can be saved. */
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

/** The notice after a change of theme. */
export function themeNotice(theme: Theme, themes: readonly Theme[]): string {
  return themes.length > 1
    ? `Theme: ${theme}; S saves it`
    : `Theme: ${theme}, because colour is off`;
}

/** The next of the themes that can be chosen. */
export function nextTheme({ theme, themes }: SettingsState): Theme {
  return themes[(themes.indexOf(theme) + 1) % themes.length] ?? theme;
}
