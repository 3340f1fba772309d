import { Box, useApp, useInput, useWindowSize } from 'ink';
import { explainSysctls } from '../model/sysctl-notes.ts';
import type { Model } from '../model/model.ts';
import type { Action } from '../store/reducer.ts';
import type { Store } from '../store/store.ts';
import { shownModel, type ViewState } from '../store/view-state.ts';
import { selectedIndex, visibleGroups } from '../store/visible-groups.ts';
import { AdvicePanel } from './components/advice-panel.tsx';
import { DetailPanel } from './components/detail-panel.tsx';
import { DrainLine } from './components/drain-line.tsx';
import { Footer } from './components/footer.tsx';
import { GroupTable } from './components/group-table.tsx';
import { Header, headerHeight } from './components/header.tsx';
import { HelpPanel, helpLines } from './components/help-panel.tsx';
import { SysctlPanel } from './components/sysctl-panel.tsx';
import { useStore } from './hooks/use-store.ts';
import { keyNames } from './key-name.ts';
import { commandFor, filterCommandFor, type KeyContext } from './keymap.ts';
import { screenLayout } from './layout.ts';
import type { Glyphs } from './theme.ts';

export type ViewStore = Store<ViewState, Action>;

export interface AppProps {
  readonly store: ViewStore;
  readonly glyphs: Glyphs;
}

/*
 * The screen, from the top:
 *   title        host, kernel, time, source          (not on a low screen)
 *   verdict      which group dies, and when          (two lines on a narrow one)
 *   port space   range, reserved, held, sysctls
 *   notices      frozen, warnings                    (where there are any)
 *   drain        the whole machine's                 (not on a low screen)
 *   panel        the group table, or sysctls, suggestions, help
 *   footer       keys, or the filter
 */
export function App({ store, glyphs }: AppProps) {
  const state = useStore(store);
  const window = useWindowSize();
  const layout = screenLayout(window.columns, window.rows);
  const model = shownModel(state);
  const header = model && {
    model,
    columns: layout.columns,
    intervalMs: state.intervalMs,
    frozen: state.frozen !== undefined,
    showTitle: layout.showTitle,
    glyphs,
  };
  const chrome =
    (header === undefined ? 0 : headerHeight(header)) +
    Number(layout.showDrain) +
    Number(layout.showBlank) +
    1;
  const panelRows = Math.max(1, layout.rows - chrome);
  useKeys(store, { pageRows: Math.max(1, panelRows - 2), rows: panelLength(state, glyphs) });

  return (
    <Box flexDirection="column" width={layout.columns} height={layout.rows} overflow="hidden">
      {header !== undefined && <Header {...header} />}
      {model !== undefined && layout.showDrain && (
        <DrainLine model={model} columns={layout.columns} glyphs={glyphs} />
      )}
      {layout.showBlank && <Box height={1} />}
      <Box height={panelRows} flexDirection="column" overflow="hidden">
        {model !== undefined && (
          <PanelContent
            state={state}
            model={model}
            columns={layout.columns}
            rows={panelRows}
            glyphs={glyphs}
          />
        )}
      </Box>
      <Footer filter={state.filter} editingFilter={state.editingFilter} columns={layout.columns} />
    </Box>
  );
}

interface PanelContentProps {
  readonly state: ViewState;
  readonly model: Model;
  readonly columns: number;
  readonly rows: number;
  readonly glyphs: Glyphs;
}

function PanelContent({ state, model, columns, rows, glyphs }: PanelContentProps) {
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
          columns={columns}
          rows={rows}
          glyphs={glyphs}
        />
      );
    case 'help':
      return <HelpPanel cursor={state.panelCursor} columns={columns} rows={rows} glyphs={glyphs} />;
    case 'detail': {
      const groups = visibleGroups(state);
      const group = groups[selectedIndex(groups, state.selected)];
      return <DetailPanel model={model} group={group} cursor={state.panelCursor} glyphs={glyphs} />;
    }
    case 'groups': {
      const groups = visibleGroups(state);
      return (
        <GroupTable
          groups={groups}
          selectedIndex={selectedIndex(groups, state.selected)}
          order={state.order}
          columns={columns}
          rows={rows - 1}
          glyphs={glyphs}
          others={model.sample.others}
          whenEmpty={
            model.groups.length > 0
              ? 'No group matches the filter; Esc clears it.'
              : 'No outgoing TCP connections.'
          }
        />
      );
    }
  }
}

/** About as many lines as a detail has; the keys that move scroll through them. */
const DETAIL_LINES = 16;

/** How many rows the shown panel has, for the keys that move. */
function panelLength(state: ViewState, glyphs: Glyphs): number {
  const model = shownModel(state);
  if (model === undefined) return 0;
  switch (state.panel) {
    case 'sysctl':
      return explainSysctls(model.sample).length;
    case 'advice':
      return model.advice.length;
    case 'help':
      return helpLines(glyphs).length;
    case 'detail':
      return DETAIL_LINES;
    case 'groups':
      return visibleGroups(state).length;
  }
}

function useKeys(store: ViewStore, context: KeyContext): void {
  const { exit } = useApp();
  useInput((input, key) => {
    for (const name of keyNames(input, key)) {
      const command = store.getState().editingFilter ? filterCommandFor(name) : commandFor(name);
      if (command === 'quit') exit();
      else if (command !== undefined) store.dispatch(command(context));
    }
  });
}
