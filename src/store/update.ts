import type { Action } from './actions.ts';
import type { Command } from './commands.ts';
import { reduce } from './reducer.ts';
import { isSameRequest } from './replay.ts';
import { rememberedSettings } from './settings.ts';
import type { Update } from './store.ts';
import { samplingIntervalMs, type ViewState } from './view-state.ts';

/** The view's next state, and what the world is to do about it. Pure. */
export function update(state: ViewState, action: Action): Update<ViewState, Command> {
  if (state.hasLeft) return { state, commands: [] };
  const next = reduce(state, action);
  return { state: next, commands: [...commandsOf(action, next), ...commandsBetween(state, next)] };
}

/** What an action asks of the world by itself. */
function commandsOf(action: Action, state: ViewState): readonly Command[] {
  switch (action.type) {
    case 'copy':
      return [{ type: 'copy', lines: action.lines }];
    case 'save':
      return [{ type: 'save-settings', settings: rememberedSettings(state) }];
    case 'suspend':
    case 'repaint':
    case 'quit':
      return [{ type: action.type }];
    default:
      return [];
  }
}

/** What the world must change to be as the state wants it, whichever action changed the state. */
function commandsBetween(before: ViewState, after: ViewState): readonly Command[] {
  const commands: Command[] = [];
  const intervalMs = samplingIntervalMs(after);
  if (intervalMs !== samplingIntervalMs(before))
    commands.push({ type: 'set-interval', intervalMs });
  if (after.allNamespaces !== undefined && after.allNamespaces !== before.allNamespaces)
    commands.push({ type: 'watch-namespaces', all: after.allNamespaces });
  const isRecording = after.recording !== undefined;
  if (isRecording !== (before.recording !== undefined))
    commands.push({ type: isRecording ? 'start-recording' : 'stop-recording' });
  if (after.replay !== undefined && !isSameRequest(before.replay, after.replay)) {
    const { playing, speed, goal } = after.replay;
    commands.push({ type: 'play', request: { playing, speed, goal } });
  }
  return commands;
}
