import type { ForeignText } from '../../kernel/foreign-text.ts';
import { useEffect } from 'react';
import type { VisibleGroup } from '../../model/query/fold.ts';
import type { ViewStore } from '../../store/view-store.ts';

/** Asks for names of the addresses that are on the screen; `onName` gets each that comes. */
export type LookUpNames = (
  addresses: readonly string[],
  onName: (address: string, name: ForeignText) => void,
) => void;

/** Looks up the names of these groups' destinations, and puts the answers into the store. */
export function useHostNames(
  lookUpNames: LookUpNames | undefined,
  groups: readonly VisibleGroup[],
  store: ViewStore,
): void {
  const named = groups.filter(({ fold }) => fold === undefined || fold.by === 'destination');
  // One text, so that it is asked anew when others come to the screen, and not in each frame.
  const addresses = [...new Set(named.map(({ remoteAddress }) => remoteAddress))]
    .toSorted()
    .join(' ');
  useEffect(() => {
    if (addresses === '') return;
    lookUpNames?.(addresses.split(' '), (address, name) =>
      store.dispatch({ type: 'host-name', address, name }),
    );
  }, [lookUpNames, store, addresses]);
}
