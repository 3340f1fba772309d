/** Nothing is cut without a way to it: suggestions, explanations of sysctls, details. */
import { describe, expect, test } from 'vitest';
import { explainSysctls } from '../../src/model/sysctl-notes.ts';
import { sysctlExplanation } from '../../src/format/sysctl-rows.ts';
import { wrapAll } from '../../src/format/wrap.ts';
import { lineText } from '../../src/format/styled-line.ts';
import { initialViewState } from '../../src/store/view-state.ts';
import { createViewStore } from '../../src/store/view-store.ts';
import { App } from '../../src/ui/app.tsx';
import { openedAdviceLines } from '../../src/ui/opened-advice.ts';
import { glyphsFor } from '../../src/ui/theme.ts';
import { renderAt } from '../helpers/ink-stdout.ts';
import { numbersFrom, modelWithOwners, withInodes } from '../helpers/owners.ts';
import { closedLately, connections, modelOf, SMALL_RANGE } from '../helpers/sockets.ts';
import { listener } from '../helpers/advice.ts';

const glyphs = glyphsFor(false);
/** Listeners within the wide range, so that the commands are long; an owner with a configuration. */
const LISTENERS = Array.from({ length: 30 }, (_, index) => listener(2000 + 37 * index));
const MODEL = modelWithOwners(
  [...withInodes(connections(4), 100), ...closedLately(90, {}, 40_004), ...LISTENERS],
  [{ pid: 812, command: 'haproxy', inodes: numbersFrom(100, 4) }],
);

const SIZES = [
  { columns: 40, rows: 10 },
  { columns: 60, rows: 15 },
  { columns: 80, rows: 24 },
  { columns: 220, rows: 12 },
];

const KEYS = { pagedown: '\u001b[6~', down: '\u001b[B', j: 'j' };

function open(size: (typeof SIZES)[number], model = MODEL) {
  const store = createViewStore(initialViewState());
  store.dispatch({ type: 'model', model });
  return { store, screen: renderAt(<App store={store} glyphs={glyphs} />, size) };
}

/** All screens of a panel, as a key goes through it until nothing changes any more. */
async function screensBy(
  key: string,
  { screen }: ReturnType<typeof open>,
): Promise<readonly string[]> {
  const texts: string[] = [];
  for (let presses = 0; presses < 400; presses++) {
    await screen.flush();
    if (texts.at(-1) === screen.lastText()) return texts;
    texts.push(screen.lastText());
    screen.stdin.write(key);
  }
  throw new Error('there is no end of it');
}

describe.each(SIZES)('at $columns x $rows', (size) => {
  test.each(Object.entries(KEYS))('%s goes through all suggestions, whole', async (_, key) => {
    const view = open(size);
    view.screen.stdin.write('a');
    const lines = new Set((await screensBy(key, view)).flatMap((text) => text.split('\n')));
    expect(MODEL.advice.length).toBeGreaterThan(4);
    for (const opened of MODEL.advice) {
      const props = { opened, title: undefined, copiedLines: undefined, rows: 9, glyphs };
      for (const line of openedAdviceLines({ ...props, columns: size.columns }))
        expect(lines, opened.id).toContain(lineText(line).trimEnd());
      const commands = [...opened.commands, opened.persist ?? ''].filter(Boolean);
      for (const command of commands)
        if (command.length + 2 <= size.columns) expect(lines).toContain(`  ${command}`);
    }
  });

  test.each(Object.entries(KEYS))('%s goes through all explanations, whole', async (_, key) => {
    const view = open(size);
    view.screen.stdin.write('s');
    const texts = await screensBy(key, view);
    // The lines below the table, of all the screens.
    const lines = texts.flatMap((text) =>
      text
        .split('\n')
        .slice(0, -1)
        .filter((line) => !/^[┌│└]/.test(line)),
    );
    const read = new Set(lines.map((line) => line.replace(/ +(↑ \d+)?( ?↓ \d+)?$/, '')));
    for (const note of explainSysctls(MODEL)) {
      const text = `${note.name}: ${sysctlExplanation(note, size.columns)}`;
      const isRead = (width: number) => wrapAll(text, width).every((line) => read.has(` ${line}`));
      // Where it scrolls, the mark has room.
      expect(isRead(size.columns - 1) || isRead(size.columns - 11), note.name).toBe(true);
    }
    expect([...read, ...texts].join(' ').replace(/\s+/g, ' ')).toMatch(
      /recommended if short of ports/i,
    );
  });

  test('a number opens its suggestion at the start, and back from the end leads up again', async () => {
    const { screen, store } = open(size);
    screen.stdin.write('2');
    await screen.flush();
    expect(store.getState()).toMatchObject({ panelCursor: 1, panelScroll: 0 });
    for (let presses = 0; presses < 100; presses++) screen.stdin.write('j');
    await screen.flush();
    const last = MODEL.advice.length - 1;
    expect(store.getState().panelCursor).toBe(last);
    for (let presses = 0; presses < 200; presses++) screen.stdin.write('k');
    await screen.flush();
    expect(store.getState()).toMatchObject({ panelCursor: 0, panelScroll: 0 });
  });
});

test('marks say how much there is above and below, in ASCII too', async () => {
  const size = { columns: 40, rows: 10 };
  const view = open(size);
  view.screen.stdin.write('a');
  await view.screen.waitForFrame(/^ SUGGESTIONS 1 of \d+ +↓ \d+ lines$/m);
  view.screen.stdin.write('j');
  await view.screen.waitForFrame(/^ SUGGESTIONS 1 of \d+ +↑ 1 ↓ \d+ lines$/m);
  const ascii = createViewStore(initialViewState());
  ascii.dispatch({ type: 'model', model: MODEL });
  const screen = renderAt(<App store={ascii} glyphs={glyphsFor(true)} />, size);
  screen.stdin.write('aj');
  await screen.waitForFrame(/^ SUGGESTIONS 1 of \d+ +\^ 1 v \d+ lines$/m);
  screen.stdin.write('s');
  await screen.waitForFrame(/ v \d+$/m);
});

test('the suggestion that is read stays opened when the list gets another order', () => {
  const { store } = open({ columns: 80, rows: 24 });
  store.dispatch({ type: 'advice', index: 1 });
  store.dispatch({ type: 'move', by: 2, rows: 9, text: 5 });
  const reading = store.getState();
  expect(reading).toMatchObject({ panelCursor: 1, panelScroll: 2 });
  // Suggestions keep their places for some seconds.
  const sample = { ...MODEL.sample, takenAtMs: MODEL.sample.takenAtMs + 5000 };
  store.dispatch({
    type: 'model',
    model: { ...MODEL, sample, advice: MODEL.advice.toReversed() },
  });
  const at = MODEL.advice.length - 2;
  expect(store.getState()).toMatchObject({ panelCursor: at, panelScroll: 2 });
  // If it has gone, the cursor stays.
  const others = MODEL.advice.filter(({ id }) => id !== MODEL.advice[1]?.id);
  store.dispatch({ type: 'model', model: { ...MODEL, advice: others } });
  expect(store.getState()).toMatchObject({ panelCursor: at });
});

describe('a key that moves', () => {
  const move = (by: number, text?: number) => ({ type: 'move', by, rows: 3, text }) as const;
  const place = (...moves: ReturnType<typeof move>[]) => {
    const { store } = open({ columns: 80, rows: 24 });
    store.dispatch({ type: 'panel', panel: 'advice' });
    for (const action of moves) store.dispatch(action);
    const { panelCursor, panelScroll } = store.getState();
    return [panelCursor, panelScroll];
  };

  test.each([
    ['scrolls the text to its end', [move(4, 6), move(4, 6)], [0, 6]],
    ['then goes to the next row, at its start', [move(9, 6), move(9, 6)], [1, 0]],
    ['goes one row on where the text fits, by pages too', [move(9, 0)], [1, 0]],
    ['goes by rows where rows have no text', [move(2)], [2, 0]],
    ['scrolls back first', [move(5, 6), move(-9, 6)], [0, 0]],
    ['goes back from the start', [move(1, 0), move(-1, 6)], [0, 0]],
    ['goes to the last row at once', [move(3, 6), move(Infinity, 6)], [2, 0]],
    ['stays at the end of the last', [move(Infinity, 0), move(1, 0)], [2, 0]],
  ] as const)('%s', (_, moves, expected) => {
    expect(place(...moves)).toEqual(expected);
  });
});

test('rows of sysctls that differ from what is recommended stand out', async () => {
  const size = { columns: 120, rows: 40 };
  const pressed = open(size).screen;
  pressed.stdin.write('s');
  const text = await pressed.waitForFrame('recommended if short of ports');
  expect(text).toMatch(/^│  △ net\.ipv4\.tcp_tw_reuse +│ 2 +│ 1 +│/m);
  expect(text).toMatch(/^│ {4}net\.ipv4\.tcp_timestamps +│ 1 +│ no change +│/m);
  const healthy = open(size, modelOf(connections(4), { sysctls: SMALL_RANGE })).screen;
  healthy.stdin.write('s');
  expect(await healthy.waitForFrame('recommended if short of ports')).not.toMatch(/△/);
});

describe('a configuration on a narrow screen', () => {
  const [opened] = MODEL.advice;
  const linesOf = (lines: readonly string[], columns: number) => {
    if (opened === undefined) throw new Error('no suggestion');
    const advice = { ...opened, config: { program: 'curl', lines: [...lines] } };
    const props = { opened: advice, title: undefined, copiedLines: undefined, rows: 99, glyphs };
    const all = openedAdviceLines({ ...props, columns }).map(lineText);
    return all.slice(all.findIndex((line) => line.includes('For curl:')) + 1);
  };

  test('a comment stays one on each of its lines, and no word is cut', () => {
    expect(linesOf(['# one session for all requests, not requests.get():'], 40)).toEqual([
      '# one session for all requests, not',
      '# requests.get():',
    ]);
    expect(linesOf(['  // one client for all requests, not one each'], 40)).toEqual([
      '  // one client for all requests, not',
      '  // one each',
    ]);
  });

  test('a directive goes on further in', () => {
    expect(linesOf(['    server s1 10.0.9.21:8080 pool-purge-delay 60s'], 40)).toEqual([
      '    server s1 10.0.9.21:8080',
      '      pool-purge-delay 60s',
    ]);
  });

  test('with room it is indented', () => {
    expect(linesOf(['# short'], 40)).toEqual(['   # short']);
  });
});
