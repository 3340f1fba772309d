/** A suggestion that was carried out says so on every screen, and no other one slips into its place unseen. */
import { describe, expect, test } from 'vitest';
import { formatPercent } from '../../src/format/units.ts';
import type { FollowedAdvice } from '../../src/model/followed-advice.ts';
import type { Model } from '../../src/model/model.ts';
import { openApp } from '../helpers/open-app.tsx';
import { closedLately, connections, IPV4, IPV6, modelOf } from '../helpers/sockets.ts';

const modelFor = (ends: typeof IPV4) =>
  modelOf([...connections(3, ends), ...closedLately(89, ends, 40_003)]);

/** The model after the suggestion at `index` has left the list, carried out or not. */
function without(model: Model, index: number, { isDone = true, agoMs = 8000 } = {}): Model {
  const { advice, worst, sample } = model;
  const opened = advice[index];
  if (opened === undefined || worst === undefined) throw new Error('no such suggestion');
  const { id, title, commands, effect } = opened;
  const done: FollowedAdvice = {
    id,
    title,
    commands,
    key: worst.key,
    label: worst.label,
    atMs: sample.takenAtMs - agoMs,
    promised: effect,
  };
  return {
    ...model,
    advice: advice.filter((each) => each !== opened),
    followed: isDone ? [done] : [],
  };
}

const SIZES = [
  { columns: 40, rows: 10 },
  { columns: 60, rows: 15 },
  { columns: 80, rows: 24 },
  { columns: 120, rows: 40 },
];

describe.each(SIZES)('at $columns x $rows', (size) => {
  test.each([IPV4, IPV6])('what was promised and what came is there, from $local', async (ends) => {
    const model = modelFor(ends);
    const after = without(model, 0);
    const now = formatPercent(model.worst?.headroomPercent ?? NaN);
    const told = new RegExp(`^ {3}done.* promised .*, now ${now}|^ {3}done.*; now ${now}`, 'm');
    for (const panel of ['', 'a', '\u001b', 's', '\u001b', '\r']) {
      const { press, show } = openApp(size, model);
      if (panel !== '') await press(panel);
      const text = await show(after);
      expect(text).toMatch(told);
      expect(text.split('\n')).toHaveLength(size.rows);
      expect(text).not.toContain('press a for the fix');
      expect(await show(model)).not.toMatch(/^ {3}done/m);
    }
  });

  test('another suggestion in its place is read from its title on', async () => {
    const model = modelFor(IPV4);
    const { store, press, show } = openApp(size, model);
    await press('a', '2');
    store.dispatch({ type: 'move', by: 1, rows: model.advice.length, text: 20 });
    store.dispatch({ type: 'move', by: 1, rows: model.advice.length, text: 20 });
    expect(store.getState().panelScroll).toBe(2);
    const after = without(model, 1);
    const text = (await show(after)).replaceAll(/\s+/g, ' ');
    expect(store.getState()).toMatchObject({ panelScroll: 0, panelCursor: 1, notice: undefined });
    expect(text).toContain(`SUGGESTIONS 2 of ${after.advice.length}`);
    expect(text).toContain(after.advice[1]?.title.slice(0, 25));
  });

  test('one that leaves the list without having been carried out is said to', async () => {
    const model = modelFor(IPV4);
    const { press, show } = openApp(size, model);
    await press('a');
    const after = without(model, 0, { isDone: false });
    expect(await show(after)).toMatch(/^ That suggestion no longer applies$/m);
    expect(await show(after)).toMatch(/^ That suggestion no longer applies$/m);
    expect(await press('j')).not.toContain('no longer applies');
  });
});

test('the last of the list gives way to the one before it, and none to nothing', async () => {
  const model = modelFor(IPV4);
  const last = model.advice.length - 1;
  const { store, press, show } = openApp({ columns: 40, rows: 10 }, model);
  await press('a', `${last + 1}`);
  await show(without(model, last));
  expect(store.getState().panelCursor).toBe(last - 1);
  await show({ ...model, advice: [] });
  expect(store.getState().panelCursor).toBe(0);
});

test.each([...SIZES, { columns: 80, rows: 12 }, { columns: 140, rows: 14 }])(
  'at $columns x $rows the way to the fix is not pointed to beside it, nor while it is open',
  async (size) => {
    const model = modelFor(IPV4);
    const { press, screen } = openApp(size, model);
    const text = screen.lastText();
    expect(/^ *fix/m.test(text) && text.includes('press a for the fix')).toBe(false);
    expect(await press('a')).not.toContain('press a for the fix');
  },
);

test('it does not push the titles of what-if out of a low screen', async () => {
  for (const ends of [IPV4, IPV6]) {
    const model = modelFor(ends);
    const { press, show } = openApp({ columns: 60, rows: 15 }, model);
    expect(await press('w')).toMatch(/^ {3}WHAT IF +NOW +THEN$/m);
    expect(await show(without(model, 0))).toMatch(/^ {3}WHAT IF +NOW +THEN$/m);
  }
});
