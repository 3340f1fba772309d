import { whatIfRows } from '../../format/what-if.ts';
import type { Model } from '../../model/model.ts';
import { whatIfCommands } from '../../model/what-if/commands.ts';
import { realModel, type ViewState } from '../../store/view-state.ts';
import {
  rowsBelowWhatIf,
  WhatIfPanel,
  whatIfLength,
  whatIfList,
  type WhatIfPanelProps,
} from '../components/what-if-panel.tsx';
import { rowsOf, spokenList } from '../speech/spoken-list.ts';
import { spokenConsequences, spokenWhatIfMark, spokenWhatIfRow } from '../speech/spoken-panels.ts';
import { GroupsView } from './groups.tsx';
import type { PanelParts, PanelProps } from './panel-parts.ts';

/** What can be changed, and below it the groups as they would be. */
export const WHAT_IF_PANEL: PanelParts = {
  View(props) {
    const panel = panelOf(props);
    const tableRows = rowsBelowWhatIf(panel);
    return (
      <>
        <WhatIfPanel {...panel} />
        {tableRows > 0 && <GroupsView {...props} rows={tableRows} />}
      </>
    );
  },
  length: (props) => whatIfLength(panelOf(props)),
  list: (props) => whatIfList(panelOf(props)),
  tableRows: (props) => rowsBelowWhatIf(panelOf(props)),
  copyable: (state, model) => whatIfCommands(state.whatIf, realOf(state, model).sample).commands,
  spoken: spokenList({
    intro: (state) => [spokenWhatIfMark(state.whatIf)],
    rows: (state, model) =>
      rowsOf(state, whatIfRows(realOf(state, model), state.whatIf), spokenWhatIfRow),
    end: spokenConsequences,
  }),
};

/** The real machine, where `model` is what would become of it. */
function realOf(state: ViewState, model: Model): Model {
  return realModel(state) ?? model;
}

function panelOf({ state, model, columns, rows, glyphs }: PanelProps): WhatIfPanelProps {
  return {
    real: realOf(state, model),
    outcome: model,
    changes: state.whatIf,
    cursor: state.panelCursor,
    firstRow: state.panelFirstRow,
    copiedLines: state.copiedLines,
    columns,
    rows,
    glyphs,
  };
}
