import { Box, renderToString } from 'ink';
import type { GroupOrder } from '../model/query/order.ts';
import { PlaceStreams } from '../model/place-streams.ts';
import type { ReplayFrame, Turns } from '../model/playback.ts';
import { startReplay } from '../store/replay.ts';
import type { Theme } from '../store/settings.ts';
import { initialViewState } from '../store/view-state.ts';
import { createViewStore } from '../store/view-store.ts';
import { App } from './app.tsx';
import type { ColorDepth } from './palettes.ts';
import { glyphsFor } from './theme.ts';

/** How a recording is painted. */
export interface PaintSettings {
  readonly size: { readonly columns: number; readonly rows: number };
  readonly order: GroupOrder;
  readonly filter: string;
  readonly theme: Theme;
  readonly depth: ColorDepth;
  readonly ascii: boolean;
  readonly speed: number;
  readonly turns: Turns;
}

const NOTHING = () => {};

/** Paints the view of a recording without a terminal: a function from the next frame to the lines of the screen. */
export function framePainter(settings: PaintSettings): (frame: ReplayFrame) => string[] {
  const { size, order, filter, theme, ascii, depth, speed, turns } = settings;
  const position = { index: 0, elapsedMs: 0, durationMs: 0, isLast: false };
  const replay = { ...startReplay(position), speed, turns };
  const store = createViewStore(initialViewState({ order, filter, theme, replay }), {
    copyText: NOTHING,
    suspend: NOTHING,
    repaint: NOTHING,
    quit: NOTHING,
    setInterval: NOTHING,
  });
  const stream = new PlaceStreams();
  // The background of players is dark, but each has its own theme: the named colours are theirs.
  const colors = { depth, onBackground: () => NOTHING };
  return ({ sample, others = [], ...step }) => {
    const beside = others.map((other) => stream.next(other));
    const model = stream.next(sample);
    store.dispatch({ type: 'model', model, others: beside, recordedBytes: 0, step });
    const screen = renderToString(
      <Box width={size.columns} height={size.rows} overflow="hidden">
        <App store={store} glyphs={glyphsFor(ascii)} colors={colors} size={size} />
      </Box>,
      { columns: size.columns },
    );
    return screen.split('\n').slice(0, size.rows);
  };
}
