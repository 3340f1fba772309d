import { Box } from 'ink';
import { doneLine } from '../format/best-fix.ts';
import { fixLines } from '../format/fix-lines.ts';
import { heldMark } from '../format/held-mark.ts';
import { lostTexts, placesText } from '../format/place.ts';
import { recordingMark, replayMark } from '../format/recording.ts';
import { timeLine } from '../format/time-line.ts';
import { whatIfMark } from '../format/what-if.ts';
import { NO_NAMES } from '../model/host-name.ts';
import { newestMs } from '../model/places.ts';
import {
  hasSeveralPlaces,
  heldScreen,
  screenMs,
  shownModel,
  shownModels,
} from '../store/view-state.ts';
import { isFilteredOut } from '../store/visible-groups.ts';
import type { ViewStore } from '../store/view-store.ts';
import { Caption, captionHeight } from './components/caption.tsx';
import { DrainLine } from './components/drain-line.tsx';
import { Footer, footerHeight, footerKeyAt } from './components/footer.tsx';
import { Header, headerHeight } from './components/header.tsx';
import { Line } from './components/line.tsx';
import { ReplayLine } from './components/replay-line.tsx';
import { PaletteContext, type TerminalColors, usePaletteOf } from './hooks/use-palette.ts';
import { type JobControl, useJobControl } from './hooks/use-job-control.ts';
import { type OnPaste, useKeys } from './hooks/use-keys.ts';
import { type OnMouse, useMouse, useMouseMode } from './hooks/use-mouse.ts';
import { type LookUpNames, useHostNames } from './hooks/use-host-names.ts';
import { useShow } from './hooks/use-show.ts';
import { useStore } from './hooks/use-store.ts';
import { useTerminalSize } from './hooks/use-terminal-size.ts';
import { screenLayout } from './layout.ts';
import { mouseAction } from './mouse.ts';
import { copyableOf, listOnScreen, tableOnScreen, windowOnScreen } from './panel-view.ts';
import { tableOf } from './panels/groups.tsx';
import { PANELS } from './panels/panels.ts';
import type { Show } from './show.ts';
import { tableView } from './table-view.ts';
import type { Glyphs } from './theme.ts';

export interface AppProps {
  readonly store: ViewStore;
  readonly glyphs: Glyphs;
  /** Undefined: there is no shell to go back to. */
  readonly jobControl?: JobControl | undefined;
  /** Looks up host names; undefined: they are not looked up. */
  readonly lookUpNames?: LookUpNames | undefined;
  /** Undefined: the mouse is the terminal's. */
  readonly onMouse?: OnMouse | undefined;
  /** Undefined: the terminal does not tell what is pasted. */
  readonly onPaste?: OnPaste | undefined;
  /** Takes the mouse from the terminal, or gives it back; undefined: it is the terminal's. */
  readonly setMouse?: ((wanted: boolean) => void) | undefined;
  /** Undefined: named colours, on a background that is not known. */
  readonly colors?: TerminalColors | undefined;
  /** A story to tell beside the figures; undefined: there is none. */
  readonly show?: Show | undefined;
  /** Size of a screen that is no terminal. */
  readonly size?: { readonly columns: number; readonly rows: number } | undefined;
}

/** The titles of a table and its first row, before which the fix gives way. */
const LEAST_PANEL_ROWS = 2;

/** Blanks before the fix, which stands under the verdict. */
const FIX_INDENT = 3;

/*
 * The screen, from the top:
 *   title        host, kernel, time, source          (not on a low screen)
 *   what if      that the figures are hypothetical   (with the what-if panel)
 *   verdict      which group dies, and when          (two lines on a narrow one)
 *   fix          the best suggestion                 (not on a low screen; blank on a high one where there is none)
 *                or what came of the last one        (on any screen)
 *   port space   range, reserved, held, sysctls
 *   notices      past, frozen, warnings              (where there are any)
 *   drain        the whole machine's                 (not on a low screen)
 *   blank                                            (on a high screen; elsewhere in place of a fix)
 *   panel        the group table, or sysctls, suggestions, help; what-if above the table
 *   caption      what happens, in large letters, for an audience (in the demo)
 *   time line    where a recording is and turned     (not on a low screen)
 *   footer       keys, or the filter in two lines: as it is typed, what is wrong with it
 */
export function App(props: AppProps) {
  const { store, glyphs, jobControl, onMouse, show } = props;
  const state = useStore(store);
  const told = useShow(show);
  const terminal = useTerminalSize();
  const window = props.size ?? terminal;
  const layout = screenLayout(window.columns, window.rows);
  const model = shownModel(state);
  const nowMs = newestMs(state.latest);
  const fixColumns = layout.columns - FIX_INDENT;
  const done = model && doneLine(model, fixColumns);
  // The panel below begins at the same row with a fix of one line or two, and without.
  const most = layout.keepFixLine ? 2 : 1;
  const withBest = state.panel !== 'advice';
  const [found, ...restOfFix] = model ? fixLines(model, fixColumns, { most, withBest }) : [];
  const fix = (layout.showFix ? found : undefined) ?? (layout.keepFixLine ? '' : undefined);
  const showBlank =
    (layout.keepFixLine && restOfFix.length === 0) || (layout.showFix && fix === undefined);
  const wanted = model && {
    model,
    columns: layout.columns,
    intervalMs: state.intervalMs,
    names: state.showNames ? state.hostNames : NO_NAMES,
    isFilteredOut: isFilteredOut(state, model.worst),
    places: hasSeveralPlaces(state)
      ? placesText(shownModels(state), state.lost, screenMs(state))
      : undefined,
    lost: lostTexts(shownModels(state), state.lost, screenMs(state)),
    held: state.replay
      ? replayMark(state.replay, model.sample, layout.columns)
      : heldMark(heldScreen(state), layout.columns),
    silentSeconds: state.silentSeconds,
    silentReason: state.silentReason,
    recording: state.recording && recordingMark(state.recording, nowMs),
    whatIf: state.panel === 'what-if' ? whatIfMark(state.whatIf, layout.columns) : undefined,
    fix,
    restOfFix,
    // What-if's values need the row.
    spareFix: layout.showFix || state.panel === 'what-if' ? undefined : found,
    isDone: done !== undefined,
    isFixOpen: state.panel === 'advice',
    showTitle: layout.showTitle,
    glyphs,
  };
  const screen = { columns: layout.columns, rows: layout.rows, glyphs };
  const captionRows = told === undefined ? 0 : captionHeight(screen);
  const line =
    state.replay && layout.showDrain ? timeLine(state.replay, layout.columns) : undefined;
  const footer = {
    filter: state.filter,
    editingFilter: state.editingFilter,
    panel: state.panel,
    isReplay: state.replay !== undefined,
    hasNoCommands: copyableOf(state).length === 0,
    ...screen,
  };
  const belowPanel = captionRows + Number(line !== undefined) + footerHeight(footer);
  const topWith = (shown: typeof wanted) =>
    (shown === undefined ? 0 : headerHeight(shown)) + Number(layout.showDrain) + Number(showBlank);
  const isTight = layout.rows - topWith(wanted) - belowPanel < LEAST_PANEL_ROWS;
  const header = wanted && isTight ? { ...wanted, spareFix: undefined } : wanted;
  const panelTop = topWith(header);
  const panelRows = Math.max(1, layout.rows - panelTop - belowPanel);
  const panel = model && { state, model, columns: layout.columns, rows: panelRows, glyphs };
  const named =
    panel !== undefined && state.showNames
      ? [...(panel.model.worst ? [panel.model.worst] : []), ...tableView(tableOf(panel)).shown]
      : [];
  useHostNames(props.lookUpNames, named, store);
  // Uses the store's state, not the rendered one: several keys may come in one read, before the next render.
  const contextNow = () => {
    const now = store.getState();
    const shown = shownModel(now);
    const onScreen = shown && panel && { ...panel, state: now, model: shown };
    return {
      pageRows: Math.max(1, panelRows - 2),
      rows: onScreen ? PANELS[now.panel].length(onScreen) : 0,
      text: onScreen && PANELS[now.panel].text?.(onScreen),
      window: onScreen && windowOnScreen(onScreen),
      copyable: copyableOf(now),
    };
  };
  const showFooter = state.notice === undefined || state.editingFilter;
  const { View } = PANELS[state.panel];
  const press = useKeys(store, contextNow, props.onPaste, show);
  useJobControl(jobControl);
  // Commands are selected with the terminal's own mouse.
  useMouseMode(props.setMouse, state.panel !== 'advice');
  useMouse(onMouse, (event) => {
    const { kind, column, row } = event;
    const isOnFooter = kind === 'click' && showFooter && row === layout.rows - 1;
    const key = isOnFooter ? footerKeyAt(footer, column) : undefined;
    const action = mouseAction(event, {
      table: () => panel && tableOnScreen(panel, panelTop),
      list: () => panel && listOnScreen(panel, panelTop),
      scrolling: () => contextNow(),
    });
    if (key !== undefined) press(key);
    else if (action !== undefined) store.dispatch(action);
  });

  // Last: a question shows that all else is under way.
  const palette = usePaletteOf(state.theme, props.colors);

  return (
    <PaletteContext value={palette}>
      <Box
        flexDirection="column"
        width={layout.columns}
        height={layout.rows}
        flexShrink={0}
        overflow="hidden"
      >
        {header !== undefined && <Header {...header} />}
        {model !== undefined && layout.showDrain && (
          <DrainLine
            model={model}
            hasPlaces={hasSeveralPlaces(state)}
            columns={layout.columns}
            glyphs={glyphs}
          />
        )}
        {showBlank && <Box height={1} />}
        <Box height={panelRows} flexDirection="column" overflow="hidden">
          {panel !== undefined && <View {...panel} />}
        </Box>
        {told !== undefined && <Caption {...told} {...screen} />}
        {line && <ReplayLine line={line} glyphs={glyphs} />}
        {showFooter ? (
          <Footer {...footer} />
        ) : (
          <Line columns={layout.columns} glyphs={glyphs} bold>
            {` ${state.notice}`}
          </Line>
        )}
      </Box>
    </PaletteContext>
  );
}
