import { describe, expect, it, test } from 'vitest';
import type { Model } from '../../src/model/model.ts';
import { historyTimes } from '../../src/model/model-history.ts';
import { reduce } from '../../src/store/reducer.ts';
import type { Action } from '../../src/store/actions.ts';
import { startReplay } from '../../src/store/replay.ts';
import {
  initialViewState,
  samplingIntervalMs,
  type ViewState,
} from '../../src/store/view-state.ts';
import { connections, modelOf } from '../helpers/sockets.ts';

const NOON = Date.UTC(2026, 10, 21, 12);
const AT_40_S = { index: 160, elapsedMs: 40_000, durationMs: 100_000, isLast: false };

const act = (state: ViewState, ...actions: Action[]) => actions.reduce(reduce, state);
const modelAt = (second: number, count = 10) =>
  modelOf(connections(count), { takenAtMs: NOON + 1000 * second });

/** A recording of 100 s at its 40th, playing. */
function playing(): ViewState {
  return act(initialViewState({ replay: startReplay(AT_40_S) }), {
    type: 'model',
    model: modelAt(40),
    step: AT_40_S,
  });
}

const time = (byMs: number): Action => ({ type: 'time', byMs });
const TOGGLE: Action = { type: 'freeze' };
const FASTER: Action = { type: 'interval', factor: 0.5 };
const SLOWER: Action = { type: 'interval', factor: 2 };
const twentyTimes = (action: Action) => Array.from({ length: 20 }, () => action);

describe('a recording', () => {
  it.each<[what: string, actions: Action[], replay: object]>([
    ['plays', [], { playing: true, speed: 1, goal: undefined }],
    ['pauses', [TOGGLE], { playing: false, goal: undefined }],
    ['goes on', [TOGGLE, TOGGLE], { playing: true, goal: undefined }],
    ['a sample back', [time(-1)], { playing: false, goal: { sample: 159 } }],
    ['two samples back at once', [time(-1), time(-1)], { goal: { sample: 158 } }],
    ['a sample forward', [time(1)], { playing: false, goal: { sample: 161 } }],
    ['30 s back, and plays on', [time(-30_000)], { playing: true, goal: { elapsedMs: 10_000 } }],
    ['30 s back, twice', [time(-30_000), time(-30_000)], { goal: { elapsedMs: 0 } }],
    ['forward no further than its end', [time(90_000)], { goal: { elapsedMs: 100_000 } }],
    ['a tenth back', [{ type: 'time-tenths', by: -1 }], { goal: { elapsedMs: 30_000 } }],
    ['to its end', [{ type: 'live' }], { goal: { sample: Infinity } }],
    ['faster', [FASTER, FASTER], { speed: 4 }],
    ['slower', [SLOWER], { speed: 0.5 }],
    ['not faster than can be', twentyTimes(FASTER), { speed: 64 }],
    ['not slower than can be', twentyTimes(SLOWER), { speed: 1 / 8 }],
  ])('%s', (_, actions, replay) => {
    const state = act(playing(), ...actions);
    expect(state.replay).toMatchObject(replay);
    expect(state).toMatchObject({ past: undefined, frozen: undefined, intervalMs: 250 });
  });

  it('at its end stops, and plays from its beginning then', () => {
    const isLast = { ...AT_40_S, isLast: true };
    const end = act(playing(), { type: 'model', model: modelAt(100), step: isLast });
    expect(end.replay).toMatchObject({ playing: false, isLast: true });
    expect(act(end, TOGGLE).replay).toMatchObject({ playing: true, goal: { sample: 0 } });
  });

  it('reaches a goal, unless there is another one by then', () => {
    const asked = act(playing(), time(-30_000));
    const goal = asked.replay?.goal;
    expect(goal).toBeDefined();
    if (goal === undefined) return;
    const step = { ...AT_40_S, elapsedMs: 10_000, goal };
    const reached: Action = { type: 'model', model: modelAt(10), step };
    expect(act(asked, reached).replay).toMatchObject({ goal: undefined, elapsedMs: 10_000 });
    const again = act(asked, time(-1000), reached);
    expect(again.replay?.goal).toEqual({ elapsedMs: 9000 });
  });

  it('goes back from the end where that was asked for before the screen follows', () => {
    const { replay } = act(playing(), { type: 'live' }, time(-30_000));
    expect(replay?.goal).toEqual({ elapsedMs: (replay?.durationMs ?? 0) - 30_000 });
  });

  it('is not recorded again, and r says so', () => {
    const state = act(playing(), { type: 'record' });
    expect(state.recording).toBeUndefined();
    expect(state.notice).toMatch(/is already a recording/);
  });

  it('after a jump has no groups that have gone, but after a step of its own it has', () => {
    const other = { type: 'model', model: modelAt(41, 0) } as const;
    const played = act(playing(), { ...other, step: AT_40_S });
    expect(played.fading).toHaveLength(1);
    const goal = { elapsedMs: 5 };
    expect(act(playing(), { ...other, step: { ...AT_40_S, goal } }).fading).toEqual([]);
  });
});

describe('recording', () => {
  const live = () => act(initialViewState(), { type: 'model', model: modelAt(0) });
  const RECORD: Action = { type: 'record' };

  it('starts and stops', () => {
    const on = act(live(), RECORD);
    expect(on.recording).toEqual({ file: undefined, sinceMs: NOON, bytes: 0 });
    expect(act(on, RECORD).recording).toBeUndefined();
  });

  it('tells its file, and how much it has', () => {
    const on = act(
      live(),
      RECORD,
      { type: 'recording', file: 'a.eph.gz' },
      { type: 'model', model: modelAt(2), recordedBytes: 812 },
    );
    expect(on.recording).toEqual({ file: 'a.eph.gz', sinceMs: NOON, bytes: 812 });
    expect(on.notice).toBe('Recording to a.eph.gz; r stops it');
  });

  it('that was stopped before its file was there stays stopped', () => {
    const off = act(live(), RECORD, RECORD, { type: 'recording', file: 'a.eph.gz' });
    expect(off.recording).toBeUndefined();
  });

  it('that fails says why, and is over', () => {
    const off = act(live(), RECORD, { type: 'recording-failed', text: 'The disk is full.' });
    expect(off).toMatchObject({ recording: undefined, notice: 'The disk is full.' });
  });

  it('goes on while the screen is held', () => {
    const held = act(live(), RECORD, { type: 'freeze' }, { type: 'model', model: modelAt(9) });
    expect(held.frozen).toBeDefined();
    expect(held.recording).toBeDefined();
  });

  it('has all samples, even if the window is not looked at', () => {
    const away = act(live(), { type: 'focus', focused: false });
    expect(samplingIntervalMs(away)).toBe(1000);
    expect(samplingIntervalMs(act(away, RECORD))).toBe(250);
  });
});

test('a live view goes back by tenths of what it remembers', () => {
  const state = Array.from({ length: 101 }, (_, second) => modelAt(second)).reduce(
    (before, model) => reduce(before, { type: 'model', model }),
    initialViewState(),
  );
  const past = act(state, { type: 'time-tenths', by: -1 }).past?.[0]?.sample.takenAtMs ?? 0;
  expect((past - NOON) / 1000).toBe(90);
});

/** Seconds of which the history of every place has a model. */
const timesIn = ({ history }: ViewState) =>
  [...history.values()].flatMap(historyTimes).map((timeMs) => (timeMs - NOON) / 1000);

test('after a jump in a recording the earlier samples that come along are remembered, as if they had been seen', () => {
  const seen = [0, 10, 20].map((second) => modelAt(second));
  const one = (state: ViewState, model: Model) => act(state, { type: 'model', model });
  const jumped = act(initialViewState(), {
    type: 'model',
    model: modelAt(20),
    earlier: seen.slice(0, 2),
  });
  expect(jumped.history).toEqual(seen.reduce(one, initialViewState()).history);
  expect(timesIn(jumped)).toEqual([0, 10, 20]);
});

test('the history of a state stays as it is when the next state has more', () => {
  const before = act(initialViewState(), { type: 'model', model: modelAt(0) });
  const kept = structuredClone(before.history);
  const again = () => act(before, { type: 'model', model: modelAt(1) });
  expect(timesIn(again())).toEqual([0, 1]);
  expect(again().history).toEqual(again().history);
  expect(before.history).toEqual(kept);
});
