import { samplingNotes } from '../../format/sampling-notes.ts';
import { explainSysctls } from '../../model/sysctl-notes.ts';
import {
  SysctlPanel,
  sysctlList,
  type SysctlPanelProps,
  sysctlScroll,
} from '../components/sysctl-panel.tsx';
import { rowsOf, spokenList } from '../speech/spoken-list.ts';
import { spokenSysctl } from '../speech/spoken-panels.ts';
import { spokenText } from '../speech/spoken-text.ts';
import type { PanelParts, PanelProps } from './panel-parts.ts';

/** Every sysctl that matters, and what it means here. */
export const SYSCTL_PANEL: PanelParts = {
  View: (props) => <SysctlPanel {...panelOf(props)} />,
  length: ({ model }) => explainSysctls(model).length,
  text: (props) => sysctlScroll(panelOf(props)),
  list: (props) => sysctlList(panelOf(props)),
  spoken: spokenList({
    intro: () => ['Sysctls that matter. Up and down arrow say what each one means here.'],
    rows: (state, model) => rowsOf(state, explainSysctls(model), spokenSysctl),
    end: (_, { sample }) => samplingNotes(sample).map(spokenText),
  }),
};

function panelOf({ state, model, columns, rows, glyphs }: PanelProps): SysctlPanelProps {
  const { panelCursor: cursor, panelFirstRow: firstRow, panelScroll: scroll } = state;
  return { model, cursor, firstRow, scroll, columns, rows, glyphs };
}
