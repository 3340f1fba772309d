import { formatClock } from '../../format/units.ts';
import { placeLead, spokenNews, spokenVerdict } from './spoken-overview.ts';
import { sentence, type SpokenLine } from './spoken-text.ts';
import { Announcer } from './announcer.ts';
import { speakingSeconds } from './speaking-time.ts';
import type { Model } from '../../model/model.ts';
import { worstPlace } from '../../model/places.ts';
import { hasSeveralPlaces, latestModel, type ViewState } from '../../store/view-state.ts';
import type { ViewStore } from '../../store/view-store.ts';
import { filterProblem, narrate } from './narration.ts';
import { spokenOverview } from './spoken-screen.ts';

/** After so long without a key, a filter is not being typed any more. */
const TYPING_MS = 2000;

/** Tells a listener what happens in a store. */
export interface Narrator {
  /** The same store, for keys: what they do is said. */
  readonly store: ViewStore;
  /** Says all, and from now on what is news; returns the function that ends it. */
  readonly start: () => () => void;
  /** Says all again. */
  readonly overview: () => void;
}

/** `say` gets lines when there is something to be said, and never otherwise. */
export function narratorOf(
  store: ViewStore,
  say: (lines: readonly SpokenLine[]) => void,
): Narrator {
  const announcer = new Announcer();
  /** The key that says what to do was named since all was healthy. */
  let hasHint = false;

  /** The filter as it was typed last, and when; undefined: there is nothing wrong with it that was not said. */
  let problem: { readonly filter: string; readonly atMs: number } | undefined;

  /** Says what is wrong with a filter once nobody types any more. */
  function hearFilter(state: ViewState): void {
    if (problem === undefined || Math.abs(nowMs(state) - problem.atMs) < TYPING_MS) return;
    const text = filterProblem(problem.filter);
    problem = undefined;
    if (text !== undefined) tell(state, [text], false);
  }

  /** Says something, as of the newest model. */
  function tell(state: ViewState, lines: readonly SpokenLine[], hasVerdict: boolean): void {
    say(lines);
    const latest = latestModel(state);
    if (latest === undefined) return;
    const seconds = speakingSeconds(lines);
    if (hasVerdict) announcer.said(latest, seconds);
    else announcer.spoke(latest, seconds);
  }

  function overview(): void {
    const state = store.getState();
    tell(state, spokenOverview(state), true);
    hasHint = isBad(latestModel(state));
  }

  /** Another time of a recording. */
  function overviewBriefly(state: ViewState): void {
    const latest = latestModel(state);
    if (latest === undefined) return;
    const line = `${formatClock(latest.sample.takenAtMs)}: ${placeLead(hasSeveralPlaces(state), latest)}${spokenVerdict(latest, true)}`;
    tell(state, [line], true);
  }

  function hearModel(state: ViewState): void {
    const { past, frozen, panel, editingFilter } = state;
    hearFilter(state);
    const latest = worstPlace(state.latest);
    if (latest === undefined || past !== undefined || frozen !== undefined) return;
    const isReading = editingFilter || (panel !== 'groups' && panel !== 'detail');
    const news = announcer.push(latest, isReading, state.replay?.speed);
    if (news === undefined) return;
    const isKnown = announcer.saidOf === latest.worst?.key;
    const lead = placeLead(hasSeveralPlaces(state), latest);
    const verdict = lead + spokenNews(latest, { isKnown, withHint: !hasHint });
    hasHint = isBad(latest);
    // A countdown needs no time of day.
    const clock = news === 'other' && isKnown ? '' : ` ${formatClock(latest.sample.takenAtMs)}.`;
    const line = verdict + clock;
    say([line]);
    announcer.said(latest, speakingSeconds([line]));
  }

  return {
    overview,
    store: {
      ...store,
      dispatch(action) {
        const before = store.getState();
        store.dispatch(action);
        const after = store.getState();
        announcer.silenced();
        problem = after.editingFilter ? { filter: after.filter, atMs: nowMs(after) } : undefined;
        const { lines, hasVerdict } = narrate(action, before, after);
        if (lines.length === 0) return;
        tell(after, lines, hasVerdict);
      },
    },
    start() {
      overview();
      let heard = store.getState();
      if (heard.notice !== undefined) tell(heard, [sentence(heard.notice)], false);
      return store.subscribe(() => {
        const [before, state] = [heard, store.getState()];
        heard = state;
        if (state.notice !== undefined && state.notice !== before.notice) {
          tell(state, [sentence(state.notice)], false);
        }
        if (state.replay?.jumpedTo !== before.replay?.jumpedTo) overviewBriefly(state);
        else if (state.latest !== before.latest) hearModel(state);
      });
    },
  };
}

/** When the newest sample was taken. */
function nowMs(state: ViewState): number {
  return latestModel(state)?.sample.takenAtMs ?? 0;
}

function isBad(model: Model | undefined): boolean {
  return model?.worst !== undefined && model.worst.severity !== 'info';
}
