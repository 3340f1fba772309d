import { describe, expect, test } from 'vitest';
import { lineText } from '../../src/format/styled-line.ts';
import { SEVERITY_LIMITS } from '../../src/model/severity.ts';
import type { Action } from '../../src/store/actions.ts';
import type { Panel } from '../../src/store/panel.ts';
import { reduce } from '../../src/store/reducer.ts';
import { initialViewState, shownModel, type ViewState } from '../../src/store/view-state.ts';
import { helpLines } from '../../src/ui/components/help-panel.tsx';
import { keysOf } from '../../src/ui/key-action.ts';
import { KEYMAP } from '../../src/ui/keymap.ts';
import { copyableOf, listOnScreen, tableOnScreen } from '../../src/ui/panel-view.ts';
import { PANELS } from '../../src/ui/panels/panels.ts';
import { spokenHelp } from '../../src/ui/speech/spoken-help.ts';
import { glyphsFor } from '../../src/ui/theme.ts';
import { renderAt } from '../helpers/ink-stdout.ts';
import { connections, modelOf, timeWaits } from '../helpers/sockets.ts';

const MODEL = modelOf([
  ...connections(20),
  ...timeWaits(60, 30_500, {}, 40_020),
  ...connections(5, { remote: '10.0.9.22' }),
]);
const NAMES = Object.keys(PANELS) as Panel[];

function after(...actions: Action[]): ViewState {
  return actions.reduce(reduce, reduce(initialViewState(), { type: 'model', model: MODEL }));
}

/** A state that shows this panel. */
const opened = (panel: Panel) => (panel === 'groups' ? after() : after({ type: 'panel', panel }));

function propsOf(state: ViewState) {
  const model = shownModel(state) ?? MODEL;
  return { state, model, columns: 100, rows: 30, glyphs: glyphsFor(false) };
}

test('every panel that a key opens or belongs to is among them', () => {
  const named = KEYMAP.flatMap(({ action, panels = [] }) =>
    typeof action === 'object' && action.type === 'panel' ? [action.panel, ...panels] : panels,
  );
  expect(new Set(['groups', ...named])).toEqual(new Set(NAMES));
});

describe.each(NAMES)('the panel %s', (name) => {
  const panel = PANELS[name];
  const props = propsOf(opened(name));
  const { state, model } = props;

  test('is drawn, each in its own way', () => {
    const textOf = ({ View }: typeof panel) => renderAt(<View {...props} />, props).lastText();
    expect(textOf(panel).trim()).not.toBe('');
    for (const other of NAMES.filter((one) => one !== name))
      expect(textOf(PANELS[other])).not.toBe(textOf(panel));
  });

  test('is said whole, and row by row', () => {
    const { whole, row, length } = panel.spoken;
    expect(length(state, model)).toBeGreaterThan(0);
    expect(whole(state, model).length).toBeGreaterThan(0);
    for (const line of row(state, model)) expect(whole(state, model)).toContainEqual(line);
    const last = { ...state, panelCursor: length(state, model) - 1 };
    expect(row(last, model).length).toBeGreaterThan(0);
    expect(row({ ...last, panelCursor: 999 }, model)).toEqual(row(last, model));
  });

  test('has rows for the keys that move, and those that can be clicked are among them', () => {
    const rows = panel.length(props);
    expect(rows).toBeGreaterThan(0);
    const list = listOnScreen(props, 5);
    expect(list === undefined).toBe(panel.list === undefined);
    if (list === undefined) return;
    expect(list).toMatchObject({ first: 0, shown: rows, cursor: 0 });
    expect(list.top).toBeGreaterThanOrEqual(5);
  });

  test('has commands to copy exactly where y is its key', () => {
    const hasKey = keysOf(name).some(({ keys }) => keys.includes('y'));
    expect(panel.copyable !== undefined).toBe(hasKey);
  });
});

test('the group table stands in place of a panel, or below it', () => {
  const topOf = (panel: Panel) => tableOnScreen(propsOf(opened(panel)), 5)?.top;
  expect(topOf('groups')).toBe(5);
  expect(topOf('what-if')).toBeGreaterThan(10);
  for (const panel of ['detail', 'sysctl', 'advice', 'help'] as const)
    expect(topOf(panel)).toBeUndefined();
});

describe('commands that can be copied', () => {
  const OPEN: Action = { type: 'panel', panel: 'what-if' };
  const REUSE: readonly Action[] = [
    OPEN,
    { type: 'move', by: 1, rows: 6 },
    { type: 'what-if-step', by: -1 },
  ];

  test('are those of the panel that is shown', () => {
    expect(copyableOf(after(...REUSE))).toEqual(['sysctl -w net.ipv4.tcp_tw_reuse=1']);
    expect(copyableOf(after(OPEN))).toEqual([]);
    const advice = after({ type: 'advice', index: 1 });
    expect(copyableOf(advice)).toEqual(MODEL.advice[1]?.commands);
    expect(copyableOf(after({ type: 'advice', index: 8 }))).toEqual(MODEL.advice.at(-1)?.commands);
    expect(copyableOf(after())).toEqual([]);
  });

  test('are none before the first sample', () => {
    expect(copyableOf(reduce(initialViewState(), OPEN))).toEqual([]);
  });
});

test('the helps tell the limits of severity that groups are judged by', () => {
  const { warning, critical } = SEVERITY_LIMITS;
  expect(helpLines(120, glyphsFor(false)).map(lineText).join('\n')).toContain(
    `${warning.usedPercent}%, ${critical.usedPercent}% in use`,
  );
  expect(spokenHelp().at(-1)).toBe(
    `Critical: ${critical.usedPercent} percent in use, or out of ports within ${critical.etaSeconds} seconds. Warning: ${warning.usedPercent} percent, or within ${warning.etaSeconds} seconds.`,
  );
});
