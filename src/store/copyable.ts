import { whatIfCommands } from '../model/what-if/commands.ts';
import { realModel, type ViewState } from './view-state.ts';

/** The commands on the screen that can be copied, a line each; undefined: this panel has none to offer. */
export function copyableCommands(state: ViewState): readonly string[] | undefined {
  const model = realModel(state);
  if (model === undefined) return undefined;
  switch (state.panel) {
    case 'advice':
      return model.advice[Math.min(state.panelCursor, model.advice.length - 1)]?.commands;
    case 'what-if':
      return whatIfCommands(state.whatIf, model.sample).commands;
    default:
      return undefined;
  }
}
