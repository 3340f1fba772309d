import { expect, test } from 'vitest';
import type { Action } from '../../src/store/actions.ts';
import type { Command } from '../../src/store/commands.ts';
import { startReplay } from '../../src/store/replay.ts';
import { createStore } from '../../src/store/store.ts';
import { update } from '../../src/store/update.ts';
import { initialViewState, type ViewState } from '../../src/store/view-state.ts';
import { connections, modelOf } from '../helpers/sockets.ts';

const MODEL = modelOf(connections(10));
const PLACE = { index: 160, elapsedMs: 40_000, durationMs: 100_000, isLast: false };

/** The state after actions, and the commands of the last one. */
function after(initial: ViewState, actions: readonly Action[]) {
  return actions.reduce(({ state }, action) => update(state, action), {
    state: initial,
    commands: [] as readonly Command[],
  });
}

const LIVE = initialViewState();
const REPLAY = initialViewState({ replay: startReplay(PLACE) });

const SAMPLE: Action = { type: 'model', model: MODEL };
const RECORD: Action = { type: 'record' };
const FASTER: Action = { type: 'interval', factor: 0.5 };
const AWAY: Action = { type: 'focus', focused: false };
const BACK: Action = { type: 'focus', focused: true };
const TOGGLE: Action = { type: 'freeze' };
const play = (request: object) => ({ type: 'play', request: { ...startRequest, ...request } });
const startRequest = { playing: true, speed: 1, goal: undefined };

test.for<[what: string, initial: ViewState, actions: Action[], commands: object[]]>([
  ['a sample', LIVE, [SAMPLE], []],
  ['copying', LIVE, [{ type: 'copy', lines: ['a', 'b'] }], [{ type: 'copy', lines: ['a', 'b'] }]],
  ['copying nothing', LIVE, [{ type: 'copy', lines: [] }], [{ type: 'copy', lines: [] }]],
  [
    'saving, with the settings of now',
    LIVE,
    [{ type: 'theme' }, { type: 'invert' }, FASTER, { type: 'save' }],
    [
      {
        type: 'save-settings',
        settings: { theme: 'colour-blind', sort: 'headroom', inverted: true, intervalMs: 125 },
      },
    ],
  ],
  ['suspending', LIVE, [{ type: 'suspend' }], [{ type: 'suspend' }]],
  ['leaving', LIVE, [{ type: 'quit' }], [{ type: 'quit' }]],
  ['a report of copying', LIVE, [{ type: 'copied', lines: 2 }], []],
  ['another interval', LIVE, [FASTER], [{ type: 'set-interval', intervalMs: 125 }]],
  ['the shortest interval again', initialViewState({ intervalMs: 100 }), [FASTER], []],
  ['a window that is left', LIVE, [AWAY], [{ type: 'set-interval', intervalMs: 1000 }]],
  ['a window that comes back', LIVE, [AWAY, BACK], [{ type: 'set-interval', intervalMs: 250 }]],
  ['a window left, where samples are rarer', initialViewState({ intervalMs: 2000 }), [AWAY], []],
  ['recording', LIVE, [SAMPLE, RECORD], [{ type: 'start-recording' }]],
  [
    'recording in a window that was left',
    LIVE,
    [AWAY, RECORD],
    [{ type: 'set-interval', intervalMs: 250 }, { type: 'start-recording' }],
  ],
  ['the file of a recording', LIVE, [RECORD, { type: 'recording', file: 'a.eph.gz' }], []],
  ['recording no more', LIVE, [RECORD, RECORD], [{ type: 'stop-recording' }]],
  [
    'a recording that failed',
    LIVE,
    [RECORD, { type: 'recording-failed', text: 'The disk is full.' }],
    [{ type: 'stop-recording' }],
  ],
  ['freezing', LIVE, [SAMPLE, TOGGLE], []],
  ['going back in time', LIVE, [SAMPLE, { type: 'time', byMs: -1 }], []],
  ['pausing a recording', REPLAY, [TOGGLE], [play({ playing: false })]],
  ['playing it on', REPLAY, [TOGGLE, TOGGLE], [play({})]],
  ['playing it faster', REPLAY, [FASTER], [play({ speed: 2 })]],
  [
    'going to a place in it',
    REPLAY,
    [{ type: 'time', byMs: 30_000 }],
    [play({ goal: { elapsedMs: 70_000 } })],
  ],
  [
    'going to the same place again',
    REPLAY,
    [{ type: 'live' }, { type: 'live' }],
    [play({ goal: { sample: Infinity } })],
  ],
  ['its next sample', REPLAY, [{ ...SAMPLE, step: { ...PLACE, index: 161 } }], []],
  [
    'its last sample',
    REPLAY,
    [{ ...SAMPLE, step: { ...PLACE, isLast: true } }],
    [play({ playing: false })],
  ],
  ['a recording to be recorded', REPLAY, [RECORD], []],
])('%s commands the world', ([, initial, actions, commands]) => {
  expect(after(initial, actions).commands).toEqual(commands);
});

test('what is for the world leaves the state alone, with what was said last', () => {
  const said = after(LIVE, [
    SAMPLE,
    { type: 'copied', lines: 1 },
    { type: 'notice', text: 'Hm' },
  ]).state;
  for (const type of ['save', 'suspend', 'repaint'] as const)
    expect(update(said, { type }).state).toBe(said);
  expect(update(said, { type: 'copy', lines: ['a'] }).state).toBe(said);
});

test('once the user has left nothing acts any more', () => {
  const left = after(LIVE, [SAMPLE, { type: 'quit' }]);
  expect(left.commands).toEqual([{ type: 'quit' }]);
  for (const action of [{ type: 'save' }, RECORD, { type: 'quit' }, AWAY] as const)
    expect(update(left.state, action)).toEqual({ state: left.state, commands: [] });
});

test('a store runs commands once subscribers know the state, and takes what they dispatch', () => {
  const seen: unknown[] = [];
  const store = createStore(
    (state: number, add: number) => ({
      state: state + add,
      commands: add === 1 ? ['first', 'second'] : [],
    }),
    0,
    (command, dispatch) => {
      seen.push([command, store.getState()]);
      dispatch(10);
    },
  );
  store.subscribe(() => seen.push(store.getState()));
  store.dispatch(1);
  expect(seen).toEqual([1, ['first', 1], 11, ['second', 11], 21]);
});

test('a store runs commands of actions that change nothing', () => {
  const ran: string[] = [];
  const store = createStore(
    (state: number, command: string) => ({ state, commands: [command] }),
    0,
    (command) => ran.push(command),
  );
  store.dispatch('quit');
  expect(ran).toEqual(['quit']);
});
