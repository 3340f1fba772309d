/** What to do stands on a wider screen wherever it does on a narrower one, and as much of it. */
import { expect, test } from 'vitest';
import { limitReached } from '../../src/model/limit-memory.ts';
import { openApp } from '../helpers/open-app.tsx';
import { closedLately, connections, modelOf } from '../helpers/sockets.ts';

const MODEL = modelOf([...connections(4), ...closedLately(90, {}, 40_004)]);
const text = (columns: number, rows: number, model = MODEL) =>
  openApp({ columns, rows }, model).press();

test.each([8, 10, 12, 14, 24, 40])('at %i rows', async (rows) => {
  const has = [];
  for (let columns = 40; columns <= 220; columns += 6)
    has.push(/^ {3}fix.* → .*: /m.test(await text(columns, rows)));
  expect(has).not.toContain(false);
});

test.each([
  ['critical', true],
  ['warning', false],
] as const)('on a low screen the fix of a %s group has a row: %j', async (severity, isShown) => {
  const [worst] = MODEL.groups;
  if (worst === undefined) throw new Error('no group');
  const model = { ...MODEL, worst: { ...worst, severity } };
  for (const rows of [8, 10, 15]) {
    const shown = await text(40, rows, model);
    expect(/^ {3}fix/m.test(shown)).toBe(isShown);
    expect(shown.split('\n')).toHaveLength(rows);
    expect(shown).toMatch(/^▸.*%/m);
  }
});

test('at 80x24 whole, in two lines, below which the table keeps its row', async () => {
  const lines = (await text(80, 24)).split('\n');
  const at = lines.findIndex((line) => line.startsWith('   fix'));
  expect(lines.slice(at, at + 2).join(' ')).toContain('(tcp_tw_reuse=1)');
  const calm = (await text(80, 24, modelOf(connections(4)))).split('\n');
  const titleAt = (all: string[]) => all.findIndex((line) => line.includes('HEADROOM'));
  expect(titleAt(lines)).toBe(titleAt(calm));
  expect(lines).toHaveLength(24);
});

test('at 30x6 the group has the row', async () => {
  expect(await text(30, 6)).toMatch(/^▸▲.*%/m);
});

test('at any height, frozen and with a warning, the group has a row before the fix has', async () => {
  const { sample } = MODEL;
  const sampling = { ...sample.sampling, warnings: ['Something is wrong'] };
  const model = { ...MODEL, sample: { ...sample, sampling } };
  const fixes = [];
  for (let rows = 8; rows < 12; rows++) {
    const { press } = openApp({ columns: 40, rows }, model);
    const shown = await press('p');
    expect(shown).toMatch(/^▸▲.*%/m);
    expect(shown).toMatch(/^ FROZEN/m);
    fixes.push(/^ {3}fix/m.test(shown));
  }
  expect(fixes).toEqual([false, true, true, true]);
});

test('a warning about an outage that is cured points to no fix', async () => {
  const [found] = MODEL.groups;
  if (found === undefined) throw new Error('no group');
  const limit = { ...limitReached(MODEL.sample.takenAtMs - 20_000), stage: 'recovering' as const };
  const was = { ...found, limit, severity: 'warning' as const, etaSeconds: null };
  const shown = (columns: number, rows: number, wantedPorts: number) => {
    const worst = { ...was, mostDemandPerSecond: 2, wantedPorts };
    return text(columns, rows, { ...MODEL, groups: [worst], worst });
  };
  for (const [columns, rows] of [
    [60, 15],
    [80, 24],
    [120, 40],
    [220, 12],
  ] as const) {
    expect(await shown(columns, rows, 10)).toMatch(/was OUT OF PORTS|OUT OF PORTS 20 s ago/);
    expect(await shown(columns, rows, 10)).not.toMatch(/^ {3}fix|press a for the fix/m);
    expect(await shown(columns, rows, 120)).toMatch(/^ {3}fix|press a for the fix/m);
  }
});
