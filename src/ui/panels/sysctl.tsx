import { samplingNotes } from '../../format/sampling-notes.ts';
import { explainSysctls } from '../../model/sysctl-notes.ts';
import { SysctlPanel, sysctlList } from '../components/sysctl-panel.tsx';
import { rowsOf, spokenList } from '../speech/spoken-list.ts';
import { spokenSysctl } from '../speech/spoken-panels.ts';
import { spokenText } from '../speech/spoken-text.ts';
import type { PanelParts } from './panel-parts.ts';

/** Every sysctl that matters, and what it means here. */
export const SYSCTL_PANEL: PanelParts = {
  View: ({ state, model, columns, rows, glyphs }) => (
    <SysctlPanel
      model={model}
      cursor={state.panelCursor}
      columns={columns}
      rows={rows}
      glyphs={glyphs}
    />
  ),
  length: ({ model }) => explainSysctls(model).length,
  list: ({ state, model, rows }) => sysctlList({ model, cursor: state.panelCursor, rows }),
  spoken: spokenList({
    intro: () => ['Sysctls that matter. Up and down arrow say what each one means here.'],
    rows: (state, model) => rowsOf(state, explainSysctls(model), spokenSysctl),
    end: (_, { sample }) => samplingNotes(sample).map(spokenText),
  }),
};
