import type { Action } from '../../src/store/actions.ts';
import type { ViewStore } from '../../src/store/view-store.ts';

/** What somebody does who looks at everything, one action after the other. */
const ROUND: readonly Action[] = [
  { type: 'move', by: 3, rows: 10 },
  { type: 'panel', panel: 'detail' },
  { type: 'escape' },
  { type: 'panel', panel: 'advice' },
  { type: 'move', by: 1, rows: 5 },
  { type: 'escape' },
  { type: 'panel', panel: 'what-if' },
  { type: 'what-if-step', by: 1 },
  { type: 'what-if-reset', rows: 'all' },
  { type: 'escape' },
  { type: 'freeze' },
  { type: 'freeze' },
  { type: 'time', byMs: -60_000 },
  { type: 'time', byMs: 1 },
  { type: 'live' },
  { type: 'filter-edit' },
  { type: 'filter-text', text: '10.' },
  { type: 'filter-done' },
  { type: 'escape' },
  { type: 'fold' },
  { type: 'fold' },
  { type: 'fold' },
  { type: 'fold' },
  { type: 'sort', by: 1 },
  { type: 'invert' },
  { type: 'copy', lines: ['sysctl -w net.ipv4.tcp_tw_reuse=1'] },
  { type: 'notice', text: 'Somebody said something.' },
];

/** Acts on the view again and again, and hears the name of every destination that is on it. */
export function busyFingers(store: ViewStore): (tick: number) => void {
  store.dispatch({ type: 'names' });
  return (tick) => {
    const action = ROUND[tick % ROUND.length];
    if (action !== undefined) store.dispatch(action);
    for (const { groups } of store.getState().latest) {
      const { remoteAddress: address } = groups[tick % groups.length] ?? {};
      if (address !== undefined)
        store.dispatch({ type: 'host-name', address, name: `name-of-${address}` });
    }
  };
}
