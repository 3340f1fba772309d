import { useStdout } from 'ink';
import { useEffect, useMemo, useSyncExternalStore } from 'react';
import { type SpokenLine, spokenText } from './spoken-text.ts';
import type { Show } from '../show.ts';
import { wrapWords } from '../../format/wrap.ts';
import type { VisibleGroup } from '../../model/query/fold.ts';
import type { ViewState } from '../../store/view-state.ts';
import { visibleGroups } from '../../store/visible-groups.ts';
import type { AppProps } from '../app.tsx';
import { useKeys } from '../hooks/use-keys.ts';
import { useHostNames } from '../hooks/use-host-names.ts';
import { useJobControl } from '../hooks/use-job-control.ts';
import { copyableOf } from '../panel-view.ts';
import { narratorOf } from './narrator.ts';
import { spokenRowCount } from './spoken-screen.ts';
import { type Glyphs, withGlyphs } from '../theme.ts';

/** Rows that a page key moves by. */
const PAGE_ROWS = 10;
/** Number of groups, from the first, whose host names are looked up. */
const MOST_NAMED = 50;

const DEFAULT_COLUMNS = 80;

/*
 * The view for those who listen, or read with their fingers: nothing is drawn, lines are only ever added. Ink's
 * screen-reader mode erases its output and writes it anew on each change; Orca then reads all of it again, and
 * the review cursors of Fenrir, Speakup and TDSR and a braille display (BRLTTY) lose their place. What is added
 * below is read once, as that of any other command, and stays in the terminal's scrollback to be reviewed,
 * which the alternate screen has none of. The cursor stays visible, as braille displays follow it.
 */
export function ScreenReaderView(props: Omit<AppProps, 'onMouse'>) {
  const { store, glyphs, jobControl, lookUpNames, show } = props;
  const { stdout, write } = useStdout();
  const narrator = useMemo(
    () => narratorOf(store, (lines) => write(printed(lines, columnsOf(stdout), glyphs))),
    [store, stdout, write, glyphs],
  );
  useEffect(() => narrator.start(), [narrator]);
  const contextNow = () => ({
    pageRows: PAGE_ROWS,
    rows: spokenRowCount(store.getState()),
    copyable: copyableOf(store.getState()),
  });
  useKeys(narrator.store, contextNow, props.onPaste, show);
  useEffect(
    () => show && onNewCaption(show, (line) => write(printed([line], columnsOf(stdout), glyphs))),
    [show, stdout, write, glyphs],
  );
  useJobControl(
    useMemo(
      () =>
        jobControl && {
          ...jobControl,
          start: (lend) =>
            jobControl.start(async (whileAway) => {
              await lend(whileAway);
              narrator.overview();
            }),
        },
      [jobControl, narrator],
    ),
  );
  // Not the whole state: even a render that changes nothing has Ink write to the terminal.
  const named = useSyncExternalStore(store.subscribe, () => namedGroups(store.getState()));
  useHostNames(lookUpNames, named.slice(0, MOST_NAMED), store);
  return null;
}

/** Says each caption of a show once, and the keys with which it can be answered. */
function onNewCaption(show: Show, say: (line: string) => void): () => void {
  let said = '';
  return show.subscribe(() => {
    const { headline, text, keys } = show.getState();
    // A figure that changes is no news.
    const kind = headline.replaceAll(/\d/g, '');
    if (kind === said) return;
    said = kind;
    say(spokenText(`${headline}. ${text} ${keys.join(', ')}.`));
  });
}

/** Those whose destinations are to be shown by name, the same ones for the same state. */
function namedGroups(state: ViewState): readonly VisibleGroup[] {
  return state.showNames ? visibleGroups(state) : NONE;
}

const NONE: readonly VisibleGroup[] = [];

/** Asked each time, as the window may have changed; Ink does not say that its stream is a terminal's. */
function columnsOf(stdout: NodeJS.WritableStream): number {
  return (stdout as Partial<NodeJS.WriteStream>).columns ?? DEFAULT_COLUMNS;
}

/** Broken between words, for readers that go by the rows of the screen; a command stays one line. */
function printed(lines: readonly SpokenLine[], columns: number, glyphs: Glyphs): string {
  return lines
    .flatMap((line) => (typeof line === 'string' ? wrapWords(line, columns - 1) : [line.verbatim]))
    .map((line) => `${withGlyphs(line, glyphs)}\n`)
    .join('');
}
