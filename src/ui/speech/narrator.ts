import { formatClock } from '../../format/units.ts';
import { spokenNews, spokenVerdict } from './spoken-overview.ts';
import { sentence, type SpokenLine } from './spoken-text.ts';
import { Announcer } from './announcer.ts';
import { speakingSeconds } from './speaking-time.ts';
import type { Model } from '../../model/model.ts';
import { worstPlace } from '../../model/places.ts';
import { latestModel, type ViewState } from '../../store/view-state.ts';
import type { ViewStore } from '../../store/view-store.ts';
import { narrate } from './narration.ts';
import { spokenOverview } from './spoken-screen.ts';

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
    const line = `${formatClock(latest.sample.takenAtMs)}: ${spokenVerdict(latest, true)}`;
    tell(state, [line], true);
  }

  function hearModel(state: ViewState): void {
    const { past, frozen, panel, editingFilter } = state;
    const latest = worstPlace(state.latest);
    if (latest === undefined || past !== undefined || frozen !== undefined) return;
    const isReading = editingFilter || (panel !== 'groups' && panel !== 'detail');
    const news = announcer.push(latest, isReading, state.replay?.speed);
    if (news === undefined) return;
    const isKnown = announcer.saidOf === latest.worst?.key;
    const verdict = spokenNews(latest, { isKnown, withHint: !hasHint });
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

function isBad(model: Model | undefined): boolean {
  return model?.worst !== undefined && model.worst.severity !== 'info';
}
