import { formatClock } from '../../format/units.ts';
import { spokenVerdict } from './spoken-overview.ts';
import { sentence, type SpokenLine } from './spoken-text.ts';
import { Announcer } from './announcer.ts';
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

  /** That there was something said, as of the newest model. */
  function spoken(state: ViewState, hasVerdict: boolean): void {
    const latest = latestModel(state);
    if (latest === undefined) return;
    if (hasVerdict) announcer.said(latest);
    else announcer.spoke(latest);
  }

  function overview(): void {
    const state = store.getState();
    say(spokenOverview(state));
    spoken(state, true);
  }

  /** Another time of a recording. */
  function overviewBriefly(state: ViewState): void {
    const latest = latestModel(state);
    if (latest === undefined) return;
    say([`${formatClock(latest.sample.takenAtMs)}: ${spokenVerdict(latest, true)}`]);
    spoken(state, true);
  }

  function hearModel(state: ViewState): void {
    const { past, frozen, panel, editingFilter } = state;
    const latest = worstPlace(state.latest);
    if (latest === undefined || past !== undefined || frozen !== undefined) return;
    const isReading = editingFilter || (panel !== 'groups' && panel !== 'detail');
    const news = announcer.push(latest, isReading, state.replay?.speed);
    if (news === undefined) return;
    announcer.said(latest);
    say([`${spokenVerdict(latest, news === 'worse')} ${formatClock(latest.sample.takenAtMs)}.`]);
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
        say(lines);
        spoken(after, hasVerdict);
      },
    },
    start() {
      overview();
      let heard = store.getState();
      return store.subscribe(() => {
        const [before, state] = [heard, store.getState()];
        heard = state;
        if (state.notice !== undefined && state.notice !== before.notice) {
          say([sentence(state.notice)]);
          spoken(state, false);
        }
        if (state.replay?.jumpedTo !== before.replay?.jumpedTo) overviewBriefly(state);
        else if (state.latest !== before.latest) hearModel(state);
      });
    },
  };
}
