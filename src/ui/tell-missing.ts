import { silenceText } from '../format/sampling-notes.ts';
import type { LostPlace } from '../model/places.ts';
import type { ViewStore } from '../store/view-store.ts';

/** Tells for how many seconds no sample has come, and why; `isSpoken`: in a notice too, once it begins. */
export function tellSilence(
  store: ViewStore,
  seconds: number | undefined,
  whySilent: (() => string | undefined) | undefined,
  isSpoken: boolean,
): void {
  const before = store.getState().silentSeconds;
  if (seconds === before) return;
  const reason = whySilent?.();
  store.dispatch({ type: 'silence', seconds, reason });
  if (isSpoken && before === undefined && seconds !== undefined)
    store.dispatch({ type: 'notice', text: `${silenceText(seconds, reason)}.` });
}

/** Tells which places no samples come from now; `isSpoken`: in a notice too, of the first that is new among them. */
export function tellLost(store: ViewStore, lost: readonly LostPlace[], isSpoken: boolean): void {
  const before = store.getState().lost;
  if (isSameList(lost, before)) return;
  store.dispatch({ type: 'lost', places: lost });
  const known = new Set(before.map(({ name }) => name));
  const news = lost.find(({ name }) => !known.has(name));
  if (isSpoken && news !== undefined)
    store.dispatch({ type: 'notice', text: `${news.name}: no samples now: ${news.reason}` });
}

function isSameList(one: readonly LostPlace[], other: readonly LostPlace[]): boolean {
  return (
    one.length === other.length &&
    one.every(
      ({ name, reason }, index) => name === other[index]?.name && reason === other[index].reason,
    )
  );
}
