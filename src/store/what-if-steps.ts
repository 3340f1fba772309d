import type { Model } from '../model/model.ts';
import { isAsItIs, type WhatIf } from '../model/what-if/changes.ts';
import {
  resetWhatIf,
  stepWhatIf,
  WHAT_IF_NAMES,
  WHAT_IF_PARAMETERS,
  whyNoStep,
} from '../model/what-if/choices.ts';
import { realModel, type ViewState } from './view-state.ts';

/** A value of the what-if panel, one step further; a notice says why there is none. */
export function whatIfStepped(state: ViewState, by: -1 | 1): ViewState {
  const sample = realModel(state)?.sample;
  const parameter = WHAT_IF_PARAMETERS[state.panelCursor];
  if (sample === undefined) return state;
  if (parameter === undefined) return withWhatIf(state, state.whatIf, NOT_A_ROW);
  const whatIf = stepWhatIf(state.whatIf, parameter, by, sample);
  return withWhatIf(state, whatIf, whatIf === state.whatIf && whyNoStep(parameter, by, sample));
}

/** One value of the what-if panel as it is, or all. */
export function whatIfReset(state: ViewState, rows: 'this' | 'all'): ViewState {
  const parameter = WHAT_IF_PARAMETERS[state.panelCursor];
  if (rows === 'this' && parameter === undefined) return withWhatIf(state, state.whatIf, NOT_A_ROW);
  // The notes below the values go with the changes.
  const up = parameter === undefined ? { ...state, panelCursor: 0 } : state;
  if (rows === 'all' || parameter === undefined)
    return withWhatIf(up, {}, isAsItIs(state.whatIf) && 'Nothing to reset: nothing is changed');
  const isReal = state.whatIf[parameter] === undefined;
  const whatIf = resetWhatIf(state.whatIf, parameter);
  return withWhatIf(state, whatIf, isReal && `${WHAT_IF_NAMES[parameter]}: nothing to reset`);
}

/** The cursor of the what-if panel is on its notes. */
const NOT_A_ROW = 'Go up to a value to change it';

/** Takes the changes; `why`: a notice why there is nothing new. */
function withWhatIf(state: ViewState, whatIf: WhatIf, why: string | false): ViewState {
  return { ...state, whatIf, copiedLines: undefined, notice: why === false ? undefined : why };
}

/** True if sysctls have other values now: what was said of a step from the old ones is over. */
export function isSetAnew(last: Model | undefined, { sample }: Model): boolean {
  const [before, now] = [last?.sample.sysctls, sample.sysctls];
  return before !== undefined && JSON.stringify(before) !== JSON.stringify(now);
}
