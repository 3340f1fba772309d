import { describe, expect, test } from 'vitest';
import type { Turn, Turns } from '../../src/model/playback.ts';
import { startReplay } from '../../src/store/replay.ts';
import { reduce } from '../../src/store/reducer.ts';
import { update } from '../../src/store/update.ts';
import { initialViewState, type ViewState } from '../../src/store/view-state.ts';

const turn = (kind: Turn['kind'], index: number): Turn => ({
  kind,
  index,
  atMs: 1000 * index,
  elapsedMs: 1000 * index,
  label: 'a → b:1',
});

const TURNS: Turns = {
  points: [turn('warning', 10), turn('critical', 10), turn('exhaustion', 20)],
  share: 1,
};

function at(index: number, turns: Turns = TURNS): ViewState {
  const position = { index, elapsedMs: 1000 * index, durationMs: 60_000, isLast: false };
  const state = initialViewState({ replay: startReplay(position) });
  return reduce(state, { type: 'turns', turns });
}

const press = (state: ViewState, by: -1 | 1) => reduce(state, { type: 'turn', by });

describe('n and N in a recording', () => {
  test.each([
    [0, 1, 10, 'first warning: a → b:1; critical: a → b:1'],
    [9, 1, 10, 'first warning: a → b:1; critical: a → b:1'],
    [10, 1, 20, 'OUT OF PORTS: a → b:1'],
    [20, -1, 10, 'first warning: a → b:1; critical: a → b:1'],
    [11, -1, 10, 'first warning: a → b:1; critical: a → b:1'],
  ] as const)('from sample %i by %i go to sample %i', (from, by, sample, notice) => {
    const state = press(at(from), by);
    expect(state.replay).toMatchObject({ playing: false, goal: { sample } });
    expect(state.notice).toBe(notice);
  });

  test.each([
    [20, 1, 1, 'No later turning point'],
    [10, -1, 1, 'No earlier turning point'],
    [20, 1, 0.43, 'No later turning point so far: 43% looked through'],
  ] as const)(
    'from sample %i by %i with %d looked through there is none',
    (from, by, share, notice) => {
      const before = at(from, { ...TURNS, share });
      const state = press(before, by);
      expect(state.replay).toEqual(before.replay);
      expect(state.notice).toBe(notice);
    },
  );

  test('pressed again before the screen follows, go on from where they went', () => {
    expect(press(press(at(0), 1), 1).replay?.goal).toEqual({ sample: 20 });
    expect(press(press(press(at(0), 1), 1), -1).replay?.goal).toEqual({ sample: 10 });
  });

  test('the player is asked to go there; what was said stays when more points are found', () => {
    const { state, commands } = update(at(0), { type: 'turn', by: 1 });
    expect(commands).toEqual([
      { type: 'play', request: { playing: false, speed: 1, goal: { sample: 10 } } },
    ]);
    const later = reduce(state, { type: 'turns', turns: TURNS });
    expect(later.notice).toBe(state.notice);
  });

  test('of the machine they do nothing', () => {
    const state = initialViewState();
    expect(press(state, 1)).toEqual(state);
    expect(reduce(state, { type: 'turns', turns: TURNS })).toEqual(state);
  });
});
