import { AdvicePanel, adviceList } from '../components/advice-panel.tsx';
import { rowsOf, spokenList } from '../speech/spoken-list.ts';
import { spokenOpened, spokenSuggestion } from '../speech/spoken-panels.ts';
import { spokenText } from '../speech/spoken-text.ts';
import type { PanelParts } from './panel-parts.ts';

/** Suggestions, best first; the one at the cursor is opened. */
export const ADVICE_PANEL: PanelParts = {
  View: ({ state, model, columns, rows, glyphs }) => (
    <AdvicePanel
      advice={model.advice}
      cursor={state.panelCursor}
      copiedLines={state.copiedLines}
      columns={columns}
      rows={rows}
      glyphs={glyphs}
    />
  ),
  length: ({ model }) => model.advice.length,
  list: ({ state, model, rows }) =>
    adviceList({
      advice: model.advice,
      cursor: state.panelCursor,
      copiedLines: state.copiedLines,
      rows,
    }),
  copyable: ({ panelCursor }, { advice }) =>
    advice[Math.min(panelCursor, advice.length - 1)]?.commands ?? [],
  spoken: spokenList({
    intro: (_, { advice }) => [
      `Suggestions, best first, for ${spokenText(advice[0]?.effect.group ?? '')}.`,
    ],
    rows(state, { advice }) {
      const opened = Math.min(state.panelCursor, advice.length - 1);
      return rowsOf(state, advice, spokenSuggestion).map((lines, index) => [
        ...lines,
        ...(index === opened ? advice.slice(index, index + 1).flatMap(spokenOpened) : []),
      ]);
    },
    whenEmpty: ['Nothing to change: no group would have more headroom.'],
  }),
};
