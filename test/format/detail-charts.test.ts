import { expect, test } from 'vitest';
import { usedChart } from '../../src/format/detail-charts.ts';
import { lineText } from '../../src/format/styled-line.ts';
import { closeTrend } from '../../src/model/close-trend.ts';
import type { GroupModel } from '../../src/model/group-model.ts';
import { modelOfSamples, pressedSamples } from '../helpers/pressure.ts';

/** The lowest row of the forecast, right of now. */
function forecastRow(changes: Partial<GroupModel>): string {
  const model = modelOfSamples(pressedSamples());
  const [group] = model.groups;
  if (group === undefined) throw new Error('no group');
  const lines = usedChart(model, { ...group, ...changes }, [], { width: 60, height: 4 });
  const rows = lines.map(lineText).filter((line) => line.includes('│') || line.includes('┤'));
  return (rows[0] ?? '').split('│').at(-1)?.trimEnd() ?? '';
}

const drainSchedule = Array.from({ length: 60 }, (_, second) => (second < 10 ? 5 : 0));
/** Half of the ports were closed long ago, and leave within 10 s. */
const LEAVING = {
  drainSchedule,
  trend: closeTrend(drainSchedule),
  closesPerSecond: 0,
  demandPerSecond: 30,
};

test('while connections are refused, what comes free is taken at once', () => {
  expect(forecastRow(LEAVING)).toMatch(/^█+$/);
});

test('of a group that is not refused, TIME_WAIT leaves', () => {
  expect(forecastRow({ ...LEAVING, limit: undefined, free: 1 })).not.toMatch(/^█+$/);
});
