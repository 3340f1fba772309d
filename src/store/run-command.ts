import type { PlaybackRequest } from '../model/playback.ts';
import type { Action } from './actions.ts';
import type { Command } from './commands.ts';
import type { Recorder } from './recording.ts';
import type { RememberedSettings } from './settings.ts';

/** What commands are carried out with. Where one is left out, its command does nothing. */
export interface Effects {
  /** Hands a text to the clipboard of whoever looks at the terminal. */
  readonly copyText?: (text: string) => void;
  /** Saves the settings, and returns the result in words. Left out: there is nowhere to save them. */
  readonly saveSettings?: ((settings: RememberedSettings) => string) | undefined;
  /** Stops the program as Ctrl-Z stops one that does not read the keyboard key by key. */
  readonly suspend?: () => void;
  /** Draws the whole screen anew. */
  readonly repaint?: () => void;
  /** Ends the view. */
  readonly quit?: () => void;
  readonly recorder?: Recorder | undefined;
  /** Takes another interval between two samples, in ms. */
  readonly setInterval?: (intervalMs: number) => void;
  /** Watches all network namespaces, or this one alone. */
  readonly watchNamespaces?: ((all: boolean) => void) | undefined;
  /** Passes the wanted place and speed to the player of a recording. */
  readonly play?: ((request: PlaybackRequest) => void) | undefined;
}

/** Does what a command says; what is to be reported of it is dispatched. */
export function runCommand(
  command: Command,
  effects: Effects,
  dispatch: (action: Action) => void,
): void {
  switch (command.type) {
    case 'copy': {
      const { lines } = command;
      if (lines.length > 0) effects.copyText?.(lines.join('\n'));
      return dispatch({ type: 'copied', lines: lines.length });
    }
    case 'save-settings': {
      const said = effects.saveSettings?.(command.settings);
      return dispatch({ type: 'notice', text: said ?? 'There is nowhere to save settings.' });
    }
    case 'suspend':
      return effects.suspend?.();
    case 'repaint':
      return effects.repaint?.();
    case 'quit':
      return effects.quit?.();
    case 'start-recording':
      return effects.recorder?.start(dispatch);
    case 'stop-recording': {
      const text = effects.recorder?.stop();
      return text === undefined ? undefined : dispatch({ type: 'notice', text });
    }
    case 'set-interval':
      return effects.setInterval?.(command.intervalMs);
    case 'watch-namespaces':
      return effects.watchNamespaces?.(command.all);
    case 'play':
      return effects.play?.(command.request);
  }
}
