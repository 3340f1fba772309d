import { expect, test } from 'vitest';
import type { Model } from '../../src/model/model.ts';
import { initialViewState } from '../../src/store/view-state.ts';
import { createViewStore } from '../../src/store/view-store.ts';
import { App } from '../../src/ui/app.tsx';
import { glyphsFor } from '../../src/ui/theme.ts';
import { renderAt } from '../helpers/ink-stdout.ts';
import { connections, modelOf } from '../helpers/sockets.ts';

const MODEL = modelOf(connections(4));

/** The screen of a machine that is sampled in this way. */
function screenOf(
  sampling: Partial<Model['sample']['sampling']>,
  others: Partial<Model['sample']> = {},
  size = { columns: 120, rows: 30 },
) {
  const { sample } = MODEL;
  const changed = { ...sample, ...others, sampling: { ...sample.sampling, ...sampling } };
  const store = createViewStore(initialViewState());
  store.dispatch({ type: 'model', model: { ...MODEL, sample: changed } });
  return renderAt(<App store={store} glyphs={glyphsFor(false)} />, size);
}

test.each([
  ['the interval', {}, / procfs 250ms +4 sockets$/m],
  [
    'its cost',
    { pacing: { intervalMs: 250, cpuShare: 0.0112 } },
    / procfs 250ms {3}cost 1\.1% CPU {3}4 sockets$/m,
  ],
  [
    'an interval that the CPU budget stretches',
    { pacing: { intervalMs: 1300, cpuShare: 0.1 } },
    / procfs 1\.3s {4}cost 10\.0% CPU {2}4 sockets +\(250ms asked\)$/m,
  ],
  ['what was left out', { leftOut: 1_012_345 }, /4 sockets read, 1\.0M accepted ones left out$/m],
])('the title says %s', (_, sampling, text) => {
  expect(screenOf(sampling).lastText()).toMatch(text);
});

test('at 80 columns the cost says why the interval is not the one that was asked for', () => {
  const at80 = { columns: 80, rows: 24 };
  const stretched = { pacing: { intervalMs: 1300, cpuShare: 0.1 } };
  expect(screenOf(stretched, {}, at80).lastText()).toMatch(/ procfs 1\.3s {4}CPU at budget$/m);
  const kept = { pacing: { intervalMs: 250, cpuShare: 0.1 } };
  expect(screenOf(kept, {}, at80).lastText()).toMatch(/ procfs 250ms {3}cost 10\.0% CPU$/m);
});

test('an old sample has its age in place of what was asked for, and its clock and countdown go on', async () => {
  const takenAtMs = new Date(2026, 10, 21, 12, 0, 0).getTime();
  const soon = MODEL.groups.map((group) => ({ ...group, etaSeconds: 14.5 }));
  const sampling = { ...MODEL.sample.sampling, pacing: { intervalMs: 3200, cpuShare: 0.1 } };
  const sample = { ...MODEL.sample, takenAtMs, sampling };
  const store = createViewStore(initialViewState());
  const model = { ...MODEL, sample, groups: soon, worst: soon[0] };
  store.dispatch({ type: 'model', model });
  const at = (columns: number) =>
    renderAt(<App store={store} glyphs={glyphsFor(false)} />, { columns, rows: 30 });
  const [wide, narrow] = [at(120), at(80)];
  expect(wide.lastText()).toMatch(/ 12:00:00 {2}procfs 3\.2s .* 4 sockets +\(250ms asked\)$/m);
  const goOn = async (nowMs: number) => {
    store.dispatch({ type: 'carry-on', nowMs });
    await wide.flush();
    await narrow.flush();
  };
  await goOn(takenAtMs + 2100);
  expect(wide.lastText()).toMatch(/ 12:00:02 {2}procfs 3\.2s .* 4 sockets +\(2\.1s ago\)$/m);
  expect(narrow.lastText()).toMatch(/ 12:00:02 {2}procfs 3\.2s {4}seen 2\.1s ago$/m);
  expect(wide.lastText()).toContain('runs out of ports in 12 s');
  expect(wide.lastText()).toMatch(/10\.0\.9\.21:8080 .* 12 s$/m);
  // A screen that is held does not.
  store.dispatch({ type: 'freeze' });
  await goOn(takenAtMs + 3000);
  expect(wide.lastText()).toMatch(/FROZEN at 12:00:00/);
  expect(wide.lastText()).toContain('runs out of ports in 14 s');
  store.dispatch({ type: 'freeze' });
  store.dispatch({ type: 'model', model });
  await wide.flush();
  expect(wide.lastText()).toMatch(/ 12:00:00 .*\(250ms asked\)$/m);
});

test('the sysctl panel says why the sockets are not read over netlink', async () => {
  const screen = screenOf({ fallback: 'this kernel has no sock_diag; use --source procfs.' });
  expect(screen.lastText()).not.toContain('sock_diag');
  screen.stdin.write('s');
  expect(await screen.waitForFrame('recommended if short of ports')).toContain(
    'The sockets are read from procfs: this kernel has no sock_diag',
  );
});

test('groups that are not shown one by one stand below the others in sum', () => {
  const others = { groups: 3210, sockets: 5000, timeWait: 0, drainSchedule: [] };
  const text = screenOf({}, { remainder: others }).lastText();
  expect(text).toContain('and 3,210 smaller groups with 5,000 sockets');
});
