import { terminalTitle } from '../format/terminal-title.ts';
import type { GroupOrder } from '../model/query/order.ts';
import { groupsOf, worstPlace } from '../model/places.ts';
import { systemClock } from '../source/clock.ts';
import { errorCode, failureReason } from '../source/read-file.ts';
import { SourceError } from '../source/source-error.ts';
import { ignoreStraySignals } from '../source/stray-signals.ts';
import { StepTimes, type Trace } from '../source/trace.ts';
import { nameLookup, systemReverseLookup } from '../source/host-names.ts';
import { Alarm } from '../store/alarm.ts';
import { THEMES } from '../store/settings.ts';
import { clipboardSequence } from '../terminal/clipboard.ts';
import { colorDepth, forceColors } from '../terminal/color-depth.ts';
import { isConsole, wantsAscii, wantsScreenReader } from '../terminal/environment.ts';
import { jobControl } from '../terminal/job-control.ts';
import { askForReports } from '../terminal/reports.ts';
import type { TerminalMode } from '../terminal/terminal-mode.ts';
import { terminalTitleMode } from '../terminal/title.ts';
import { frameMode, openSpokenWindow, openWindow } from '../terminal/window.ts';
import { openViewOutput } from '../terminal/view-output.ts';
import type { ViewSettings } from '../ui/start.tsx';
import { writtenText } from './ascii-output.ts';
import { nextCrash } from './crash.ts';
import {
  configPath,
  initialOrder,
  readConfig,
  saveSettings,
  warningsNotice,
  withConfig,
} from './config.ts';
import type { LiveRecorder } from './live-recorder.ts';
import type { Invocation } from './invocation.ts';
import { prepareForView } from './early-thread.ts';
import { type OptionsOf, OPTIONS } from './option-table.ts';
import { say } from './say.ts';

/** What a view shows. */
interface Watched extends Pick<
  ViewSettings,
  | 'first'
  | 'samples'
  | 'setInterval'
  | 'replay'
  | 'show'
  | 'whySilent'
  | 'onGone'
  | 'lostPlaces'
  | 'watchNamespaces'
  | 'allNamespaces'
> {
  readonly recorder?: LiveRecorder;
  readonly onModels?: ViewSettings['onModels'];
}

/** The options of all that opens a view. */
export type ViewedOptions = OptionsOf<'groups' | 'order' | 'view' | 'drawing' | 'characters'>;

/** What a view starts with besides the options: the order of groups, and the interval (not an option of replay). */
interface Beginning extends Pick<OptionsOf<'pace'>, 'interval'> {
  readonly order: GroupOrder;
  /** What is wrong with the configuration file. */
  readonly notice: string | undefined;
}

/** The options of a view: those that were given, and those of the configuration file. */
export function viewOptions<Options extends ViewedOptions>({
  options: given,
  isGiven,
  trace,
}: Invocation<Options>): Options & Beginning {
  const configFile = configPath(process.env);
  const isRead = given.config && configFile !== undefined;
  const { config, warnings } = isRead ? readConfig(configFile) : { config: {}, warnings: [] };
  trace?.(`settings: ${JSON.stringify(config)} from ${given.config ? configFile : '--no-config'}`);
  for (const warning of warnings) trace?.(`warning: ${warning}`);
  const options = withConfig({ interval: OPTIONS.interval.default, ...given }, config, isGiven);
  const order = initialOrder(options, config, isGiven);
  return { ...options, order, notice: warningsNotice(warnings) };
}

/** Shows what `open` opens until the user leaves; the signal says when it is over. */
export async function showView(
  { options, trace }: { options: ViewedOptions & Beginning; trace?: Trace | undefined },
  open: (signal: AbortSignal) => Promise<Watched | undefined>,
): Promise<void> {
  requireDirectory();
  const configFile = configPath(process.env);
  const depth = colorDepth(options.color, process.env);
  const isColored = depth !== 0;
  // The palette is of the right depth.
  forceColors(isColored, process.env);
  const screenReader = wantsScreenReader(options.screenReader, process.env);
  const { columns, rows } = process.stdout;
  trace?.(
    `terminal: ${process.env['TERM']}, ${columns}x${rows}, ${isColored ? `${depth} colours` : 'no colours'}`,
  );
  prepareForView();
  const stop = new AbortController();
  const { output, end } = openViewOutput();
  const ring = () => output.write(BELL);
  const borrowed: TerminalMode[] = [];
  let recorder: LiveRecorder | undefined;
  try {
    // The view is loaded while the thread takes the first sample.
    const [watched, { startView }] = await Promise.all([
      open(stop.signal),
      import('../ui/start.tsx'),
    ]);
    if (watched === undefined) return;
    ({ recorder } = watched);
    // Before there is anything to give back, or a stop would leave it behind.
    const control = jobControl(borrowed, output);
    ignoreStraySignals();
    // Ink does this after its first frame; a key that comes before would be echoed into it, and
    // Ctrl-C would still be a signal.
    process.stdin.setRawMode(true);
    const reports = askForReports(output, {
      mouse: options.mouse && !screenReader,
      colors: isColored && !screenReader && !isConsole(process.env),
    });
    const windowTitle = terminalTitleMode(output, process.env);
    const written = writtenText(options.ascii);
    // What is heard needs its lines to go on.
    if (!screenReader) borrowed.push(frameMode(output));
    borrowed.push(reports, windowTitle);
    const alarm = new Alarm();
    await startView({
      ...watched,
      window: (screenReader ? openSpokenWindow : openWindow)(process.stdout, output),
      onFocus: reports.onFocus,
      onPaste: reports.onPaste,
      onMouse: reports.onMouse,
      setMouse: reports.setMouse,
      colors: { depth, onBackground: reports.onBackground },
      lookUpNames: nameLookup(systemReverseLookup(stop.signal), systemClock, stop.signal),
      crashed: nextCrash(),
      everySecond(tick) {
        const timer = setInterval(tick, 1000);
        return () => clearInterval(timer);
      },
      clock: {
        nowMs: () => systemClock.nowMs(),
        after(delayMs, callBack) {
          const timer = setTimeout(callBack, delayMs);
          return () => clearTimeout(timer);
        },
      },
      theme: isColored ? options.theme : 'mono',
      themes: isColored ? THEMES : ['mono'],
      saveSettings: settingsSaver(options, configFile),
      jobControl: control,
      settle() {
        for (const mode of borrowed) mode.settle();
      },
      onModels: (models) => {
        const model = worstPlace(models);
        // Some readers say a title each time it changes.
        if (model !== undefined)
          windowTitle.set(
            written(terminalTitle(screenReader ? { ...model, worst: undefined } : model)),
          );
        watched.onModels?.(models);
        if (options.bell && alarm.push(groupsOf(models))) output.whenFree(ring);
      },
      intervalMs: options.interval,
      order: options.order,
      filter: options.filter,
      notice: options.notice,
      // Ink writes a frame within one turn of the event loop, and a key comes in another.
      copyText: (text) => output.write(clipboardSequence(text, process.env)),
      ascii: wantsAscii(options.ascii, process.env),
      screenReader,
      timing: trace && viewTiming(trace),
    });
  } finally {
    stop.abort();
    for (const mode of borrowed) mode.end();
    end();
    endRawMode();
    // Now that the terminal is the shell's again.
    for (const line of recorder?.finish() ?? []) say(line);
  }
}

/** Where the terminal is gone there is none to end. */
function endRawMode(): void {
  try {
    process.stdin.setRawMode(false);
  } catch (error) {
    if (errorCode(error) !== 'EIO') throw error;
  }
}

function settingsSaver(
  { config }: ViewedOptions,
  file: string | undefined,
): ViewSettings['saveSettings'] {
  if (!config) return () => 'Not saved: --no-config';
  return file === undefined ? undefined : (kept) => saveSettings(file, kept);
}

/** Ink asks for the current directory where it is loaded. */
function requireDirectory(): void {
  try {
    process.cwd();
  } catch (error) {
    const reason = failureReason(error);
    throw new SourceError(
      `the directory that ephtop was started in cannot be found (${reason}): cd to another.`,
    );
  }
}

/** Tells the debug log how long models and frames take. */
function viewTiming(trace: Trace): NonNullable<ViewSettings['timing']> {
  const steps = new StepTimes(systemClock);
  return {
    model(build) {
      const model = steps.time('model:', build);
      trace(steps.take());
      return model;
    },
    frame: (tookMs) => trace(`frame: ${tookMs.toFixed(1)} ms`),
  };
}

const BELL = '\x07';
