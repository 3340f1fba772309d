import {
  AdvicePanel,
  adviceList,
  type AdvicePanelProps,
  adviceScroll,
  noAdviceText,
} from '../components/advice-panel.tsx';
import type { Advice } from '../../model/advice/advice.ts';
import { ANY_PROGRAM } from '../../model/advice/client-config.ts';
import { rowsOf, spokenList } from '../speech/spoken-list.ts';
import { spokenOpened, spokenSuggestion } from '../speech/spoken-panels.ts';
import { spokenText } from '../speech/spoken-text.ts';
import type { PanelParts, PanelProps } from './panel-parts.ts';

/** Suggestions, best first; the one at the cursor is opened. */
export const ADVICE_PANEL: PanelParts = {
  View: (props) => <AdvicePanel {...panelOf(props)} />,
  length: ({ model }) => model.advice.length,
  text: (props) => adviceScroll(panelOf(props)),
  list: (props) => adviceList(panelOf(props)),
  copyable: ({ panelCursor }, { advice }) =>
    copyableLines(advice[Math.min(panelCursor, advice.length - 1)]),
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
    whenEmpty: ({ worst }) => [noAdviceText(worst)],
  }),
};

/** Its commands; where it has none, the lines of a program's configuration. */
function copyableLines(opened: Advice | undefined): readonly string[] {
  const { commands = [], config } = opened ?? {};
  if (commands.length > 0 || config === undefined) return commands;
  // For any program they are sentences, and comments alone configure nothing.
  const isConfig = config.lines.some((line) => !/^ *(?:#|\/\/)/.test(line));
  return config.program !== ANY_PROGRAM && isConfig ? config.lines : [];
}

function panelOf({ state, model, columns, rows, glyphs }: PanelProps): AdvicePanelProps {
  return {
    advice: model.advice,
    worst: model.worst,
    cursor: state.panelCursor,
    firstRow: state.panelFirstRow,
    scroll: state.panelScroll,
    copiedLines: state.copiedLines,
    columns,
    rows,
    glyphs,
  };
}
