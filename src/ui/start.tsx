import { Box, render } from 'ink';
import type { GroupOrder } from '../model/query/order.ts';
import type { Model } from '../model/model.ts';
import type { Place } from '../kernel/place.ts';
import { type LostPlace, type PlaceModels, worstPlace } from '../model/places.ts';
import type { ReplayStep } from '../model/playback.ts';
import type { Sample } from '../model/sample/sample.ts';
import { ModelFeed } from '../store/model-feed.ts';
import type { Effects } from '../store/run-command.ts';
import { startReplay } from '../store/replay.ts';
import type { Theme } from '../store/settings.ts';
import { initialViewState, samplingIntervalMs, type ViewState } from '../store/view-state.ts';
import type { ViewClock } from '../store/view-clock.ts';
import { createViewStore } from '../store/view-store.ts';
import { App } from './app.tsx';
import { feedReplay, feedTurns, type ReplaySource } from './feed-replay.ts';
import type { LookUpNames } from './hooks/use-host-names.ts';
import type { JobControl } from './hooks/use-job-control.ts';
import type { OnPaste } from './hooks/use-keys.ts';
import type { OnMouse } from './hooks/use-mouse.ts';
import type { TerminalColors } from './hooks/use-palette.ts';
import { carriedToMs, Pulse } from './pulse.ts';
import type { Show } from './show.ts';
import { tellLost, tellSilence } from './tell-missing.ts';
import { glyphsFor } from './theme.ts';
import { Vigil } from './vigil.ts';

/** The terminal that the view is drawn on. */
export interface Window {
  /** Never emits `resize`. */
  readonly stdout: NodeJS.WriteStream;
  /**
   * Calls back whenever the size changed, with a blank screen on which the whole view is to be drawn; returns
   * the function that ends it.
   */
  readonly onResized: (draw: () => void) => () => void;
  /** Blanks the screen and draws the whole view: another program may have written onto it. */
  readonly repaint: () => void;
  /** Calls back when the terminal has taken all that was written: at once if it has, once if it is asked again. */
  readonly whenFree: (draw: () => void) => void;
  /** Forgets what the terminal has not taken yet. */
  readonly forget: () => void;
}

export interface ViewSettings extends Pick<Effects, 'recorder' | 'saveSettings'> {
  /** Calls back for each place that there is no more. */
  readonly onGone?: ((listener: (place: Place) => void) => void) | undefined;
  /** Those of several places that no samples come from now. */
  readonly lostPlaces?: (() => readonly LostPlace[]) | undefined;
  /** Watches all network namespaces, or this one alone. Undefined: there is no choice. */
  readonly watchNamespaces?: ((all: boolean) => void) | undefined;
  /** Whether all are watched at the start. */
  readonly allNamespaces?: boolean | undefined;
  /** Holds the first sample already, so that a failing source is reported before the screen is taken. */
  readonly first: Sample;
  readonly samples: AsyncIterator<Sample, void>;
  /** A recording to look at; `samples` has no more then. Undefined: the machine. */
  readonly replay?: ReplaySource | undefined;
  /** Why there are no samples now, in a sentence; undefined: they come, or it is not known. */
  readonly whySilent?: (() => string | undefined) | undefined;
  /** Called with the new interval, in ms, when the user changes it. */
  readonly setInterval: (intervalMs: number) => void;
  /** A story to tell beside the figures; undefined: there is none. */
  readonly show?: Show | undefined;
  readonly window: Window;
  /** Calls back whenever the terminal's window comes to the front, or leaves it. */
  readonly onFocus: (listener: (focused: boolean) => void) => void;
  readonly onPaste: OnPaste;
  /** Called with the newest models of all places whenever the screen takes a new one. */
  readonly onModels: (models: PlaceModels) => void;
  /** Undefined: the mouse is the terminal's. */
  readonly onMouse: OnMouse | undefined;
  /** Takes the mouse from the terminal, or gives it back. */
  readonly setMouse?: ((wanted: boolean) => void) | undefined;
  readonly jobControl: JobControl;
  /** Waits for what the terminal has still to say, while the keyboard is the view's. */
  readonly settle: () => void;
  /** Looks up host names of destinations. */
  readonly lookUpNames: LookUpNames;
  /** Rejects with an error that nobody has caught. */
  readonly crashed: Promise<never>;
  /** Calls back once a second; returns the function that ends it. */
  readonly everySecond: (tick: () => void) => () => void;
  readonly clock: ViewClock;
  readonly intervalMs: number;
  readonly order: GroupOrder;
  readonly filter: string;
  /** What is said until the user does something. */
  readonly notice?: string | undefined;
  /** Hands a text to the clipboard of whoever looks at the terminal; called between two frames. */
  readonly copyText: (text: string) => void;
  /** What the terminal can show, and on what. */
  readonly colors: TerminalColors;
  readonly theme: Theme;
  /** Those that can be chosen. */
  readonly themes: readonly Theme[];
  /** Draw with ASCII characters only. */
  readonly ascii: boolean;
  /** Receives how long the view's work takes; undefined if not needed. */
  readonly timing?:
    | { readonly model: (build: () => Model) => Model; readonly frame: (tookMs: number) => void }
    | undefined;
  /** Write sentences for a screen reader instead of drawing a screen. */
  readonly screenReader: boolean;
}

/**
 * Takes the terminal, shows samples until the user leaves, and gives the terminal back. Rejects with
 * what broke the samples off, after the terminal was given back.
 */
export async function startView(settings: ViewSettings): Promise<void> {
  const { first, samples, intervalMs, order, filter, ascii, theme, themes } = settings;
  const { screenReader, recorder, jobControl, timing, show: story, notice } = settings;
  const replay = settings.replay && startReplay(settings.replay.start);
  // A recording has its own time, and a screen reader would say each second.
  const isCarriedOn = replay === undefined && !screenReader;
  const store = createViewStore(
    initialViewState({
      order,
      filter,
      intervalMs,
      theme,
      themes,
      replay,
      notice,
      isDemo: story !== undefined,
      allNamespaces:
        settings.watchNamespaces === undefined ? undefined : (settings.allNamespaces ?? false),
    }),
    {
      copyText: settings.copyText,
      saveSettings: settings.saveSettings,
      suspend: jobControl.suspend,
      repaint: settings.window.repaint,
      quit() {
        settings.settle();
        settings.window.forget();
        screen.unmount();
      },
      recorder,
      setInterval: settings.setInterval,
      watchNamespaces(all) {
        const { latest } = store.getState();
        feed.keepOnly(new Set(latest.map(({ sample }) => sample.place.id)));
        settings.watchNamespaces?.(all);
      },
      play: settings.replay?.want,
    },
  );
  const display = (
    model: Model,
    step?: ReplayStep,
    earlier?: readonly Model[],
    others: readonly Model[] = [],
  ) => {
    const recordedBytes = recorder?.bytes() ?? 0;
    const state = store.getState();
    const nowMs = settings.clock.nowMs();
    // The samples of several places are never of the same age.
    const isSeveral = state.latest.length > 1 || others.length > 0;
    const agedMs = isSeveral ? nowMs : carriedToMs(model.sample, nowMs, samplingIntervalMs(state));
    const carried = isCarriedOn ? agedMs : undefined;
    store.dispatch({
      type: 'model',
      model,
      others,
      carriedToMs: carried,
      recordedBytes,
      step,
      earlier,
    });
    settings.onModels(store.getState().latest);
  };
  const show = (model: Model, others: readonly Model[]) =>
    display(model, undefined, undefined, others);
  const feed = new ModelFeed(show, timing?.model, settings.clock);
  feed.push(first);
  settings.onGone?.(({ id }) => {
    feed.forget(id);
    store.dispatch({ type: 'gone', placeId: id });
  });
  settings.onFocus((focused) => {
    store.dispatch({ type: 'focus', focused });
    if (focused) settings.window.repaint();
  });
  const { stdout, whenFree } = settings.window;
  const props = {
    // What is drawn for a terminal that takes nothing would be old when it does.
    store: {
      ...store,
      subscribe: (draw: () => void) => store.subscribe(() => whenFree(draw)),
    },
    glyphs: glyphsFor(ascii),
    jobControl,
    colors: settings.colors,
    lookUpNames: settings.lookUpNames,
    show: story,
    onPaste: settings.onPaste,
  };
  // Its words are not needed where there is a screen.
  const spoken = screenReader ? await import('./speech/screen-reader-view.tsx') : undefined;
  const app = () =>
    spoken !== undefined ? (
      <spoken.ScreenReaderView {...props} />
    ) : (
      // Clips a layout that is larger than the terminal.
      <Box width={stdout.columns} height={stdout.rows} overflow="hidden">
        <App {...props} onMouse={settings.onMouse} setMouse={settings.setMouse} />
      </Box>
    );
  const screen = render(app(), {
    stdout,
    alternateScreen: !screenReader,
    isScreenReaderEnabled: screenReader,
    incrementalRendering: true,
    // Ctrl-C is a key like the others, so that the help can name it.
    exitOnCtrlC: false,
    // The terminal was looked at before; CI=1 in a user's environment must not stop the view.
    interactive: true,
    ...(timing && { onRender: ({ renderTime }) => timing.frame(renderTime) }),
  });
  const endRepainting = settings.window.onResized(() => {
    // Ink would only write the lines that differ from what it believes to be there.
    screen.clear();
    screen.rerender(app());
  });
  const severityOf = ({ latest }: ViewState) => worstPlace(latest)?.worst?.severity ?? 'info';
  const vigil = new Vigil(severityOf(store.getState()));
  const pulse = new Pulse(settings.clock, (nowMs) => store.dispatch({ type: 'carry-on', nowMs }));
  let paceMs = 0;
  const endVigil = settings.everySecond(() => {
    const state = store.getState();
    const pace = Math.max(paceMs, samplingIntervalMs(state));
    const { silentSeconds, repaint } = vigil.tick(pace, severityOf(state));
    if (settings.replay === undefined)
      tellSilence(store, silentSeconds, settings.whySilent, screenReader);
    tellLost(store, settings.lostPlaces?.() ?? [], screenReader);
    if (repaint) settings.window.repaint();
  });
  const fed = settings.replay
    ? Promise.all([
        feedReplay(settings.replay, first, {
          show: display,
          say: (text) => store.dispatch({ type: 'notice', text }),
        }),
        feedTurns(settings.replay, (turns) => store.dispatch({ type: 'turns', turns })),
      ])
    : feedAll(samples, (sample) => {
        vigil.sampleCame();
        paceMs = sample.sampling.pacing?.intervalMs ?? 0;
        feed.push(sample);
        const askedMs = samplingIntervalMs(store.getState());
        if (isCarriedOn) pulse.sampleCame(sample, Math.max(paceMs, askedMs), askedMs);
      });
  try {
    await Promise.race([screen.waitUntilExit(), fed, settings.crashed]);
  } finally {
    pulse.stop();
    feed.stop();
    endVigil();
    endRepainting();
    settings.settle();
    screen.unmount();
  }
}

async function feedAll(
  samples: AsyncIterator<Sample, void>,
  push: (sample: Sample) => void,
): Promise<void> {
  for (;;) {
    const next = await samples.next();
    if (next.done === true) return;
    push(next.value);
  }
}
