import { useSyncExternalStore } from 'react';
import type { Show, ShowState } from '../show.ts';

/** What a show says now, and a new render whenever it says something else; undefined without a show. */
export function useShow(show: Show | undefined): ShowState | undefined {
  return useSyncExternalStore(show?.subscribe ?? never, show?.getState ?? nothing);
}

const never = () => () => {};
const nothing = () => undefined;
