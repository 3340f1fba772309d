import { fadingGroups, selectedGroup } from '../../store/visible-groups.ts';
import { detailOf, type PanelProps, tableOf, whatIfPanelOf } from '../panel-view.ts';
import { AdvicePanel } from './advice-panel.tsx';
import { DetailPanel } from './detail-panel.tsx';
import { GroupTable } from './group-table.tsx';
import { HelpPanel } from './help-panel.tsx';
import { SysctlPanel } from './sysctl-panel.tsx';
import { rowsBelowWhatIf, WhatIfPanel } from './what-if-panel.tsx';

/** The middle of the screen: the group table, or what was opened in its place. */
export function Panel(props: PanelProps) {
  const { state, model, columns, rows, glyphs } = props;
  switch (state.panel) {
    case 'sysctl':
      return (
        <SysctlPanel
          sample={model.sample}
          cursor={state.panelCursor}
          columns={columns}
          rows={rows}
          glyphs={glyphs}
        />
      );
    case 'advice':
      return (
        <AdvicePanel
          advice={model.advice}
          cursor={state.panelCursor}
          copiedLines={state.copiedLines}
          columns={columns}
          rows={rows}
          glyphs={glyphs}
        />
      );
    case 'help':
      return <HelpPanel cursor={state.panelCursor} columns={columns} rows={rows} glyphs={glyphs} />;
    case 'detail':
      return (
        <DetailPanel
          lines={detailOf(props)}
          severity={selectedGroup(state)?.severity ?? 'info'}
          cursor={state.panelCursor}
          rows={rows}
          glyphs={glyphs}
        />
      );
    case 'what-if':
      return <WhatIfContent {...props} />;
    case 'groups':
      return <Groups {...props} />;
  }
}

/** The panel, and the groups as they would be. */
function WhatIfContent(props: PanelProps) {
  const panel = whatIfPanelOf(props);
  const tableRows = rowsBelowWhatIf(panel);
  return (
    <>
      <WhatIfPanel {...panel} />
      {tableRows > 0 && <Groups {...props} rows={tableRows} />}
    </>
  );
}

function Groups(props: PanelProps) {
  const { state, model } = props;
  return (
    <GroupTable
      {...tableOf(props)}
      order={state.order}
      fading={fadingGroups(state)}
      whenEmpty={
        model.groups.length > 0
          ? 'No group matches the filter; Esc clears it.'
          : 'No outgoing TCP connections.'
      }
    />
  );
}
