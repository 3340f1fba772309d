import type { Turns } from '../model/playback.ts';
import { turningText } from '../model/report/turning-text.ts';
import { replayTurned } from './replay.ts';
import type { ViewState } from './view-state.ts';

/** Goes to the next turning point of a recording (1) or to the previous one (-1), and says which that is. */
export function turned(state: ViewState, by: -1 | 1): ViewState {
  if (state.replay === undefined) return state;
  const { replay, reached } = replayTurned(state.replay, by);
  const notice =
    reached.length === 0 ? noTurn(by, replay.turns) : reached.map(turningText).join('; ');
  return { ...state, replay, notice };
}

/** Takes the turning points that were found. */
export function withTurns(state: ViewState, turns: Turns): ViewState {
  return state.replay === undefined ? state : { ...state, replay: { ...state.replay, turns } };
}

function noTurn(by: -1 | 1, { share }: Turns): string {
  const where = by > 0 ? 'later' : 'earlier';
  return share < 1 && by > 0
    ? `No ${where} turning point so far: ${Math.floor(share * 100)}% looked through`
    : `No ${where} turning point`;
}
