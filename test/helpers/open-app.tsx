import type { Model } from '../../src/model/model.ts';
import type { Effects } from '../../src/store/run-command.ts';
import { initialViewState } from '../../src/store/view-state.ts';
import { createViewStore } from '../../src/store/view-store.ts';
import { App } from '../../src/ui/app.tsx';
import type { MouseEvent } from '../../src/ui/mouse.ts';
import { glyphsFor } from '../../src/ui/theme.ts';
import { type FrameSize, renderAt } from './ink-stdout.ts';

export interface OpenOptions {
  readonly settings?: Parameters<typeof initialViewState>[0];
  readonly effects?: Effects;
  readonly ascii?: boolean;
}

/** The view of a model in a pretended terminal until the test ends. What is done to it resolves with the screen. */
export function openApp(
  size: FrameSize,
  model: Model,
  { settings = {}, effects = {}, ascii = false }: OpenOptions = {},
) {
  const store = createViewStore(initialViewState(settings), effects);
  store.dispatch({ type: 'model', model });
  let listener: ((event: MouseEvent) => void) | undefined;
  const onMouse = (next: typeof listener) => {
    listener = next;
    return () => (listener = undefined);
  };
  const screen = renderAt(<App store={store} glyphs={glyphsFor(ascii)} onMouse={onMouse} />, size);
  const drawn = async () => {
    await screen.flush();
    return screen.lastText();
  };
  return {
    store,
    screen,
    lines: () => screen.lastText().split('\n'),
    press: (...keys: readonly string[]) => {
      for (const key of keys) screen.stdin.write(key);
      return drawn();
    },
    show: (next: Model) => {
      store.dispatch({ type: 'model', model: next });
      return drawn();
    },
    mouse: (event: MouseEvent) => {
      listener?.(event);
      return drawn();
    },
  };
}
