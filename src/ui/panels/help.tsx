import { HelpPanel, helpLines } from '../components/help-panel.tsx';
import { scrollPositions } from '../components/scrolled-lines.tsx';
import { spokenHelp } from '../speech/spoken-help.ts';
import { spokenList } from '../speech/spoken-list.ts';
import type { PanelParts } from './panel-parts.ts';

/** All keys, and how to read the screen. */
export const HELP_PANEL: PanelParts = {
  View: ({ state, columns, rows, glyphs }) => (
    <HelpPanel
      cursor={state.panelCursor}
      columns={columns}
      rows={rows}
      glyphs={glyphs}
      isDemo={state.isDemo}
    />
  ),
  length: ({ state, columns, rows, glyphs }) =>
    scrollPositions(helpLines(columns, glyphs, state.isDemo).length, rows),
  spoken: spokenList({ rows: () => spokenHelp().map((line) => [line]) }),
};
