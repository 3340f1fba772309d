/** What is scored here is a part of `npm run score`: one size, and the patterns whose scores are promised. */
import { expect, test } from 'vitest';
import { PATTERNS, SIZES } from './patterns.ts';
import { play } from './play.ts';
import { falseRows, scoreOf, sumOf } from './score.ts';
import { scoreTable, withScores } from './table.ts';

const PORTS = 4000;

function scoreAt(name: string) {
  const pattern = PATTERNS.find((one) => one.name === name);
  if (pattern === undefined) throw new Error(`no pattern ${name}`);
  return sumOf(play(pattern, PORTS).map((course) => scoreOf(pattern, course)));
}

test.for([
  'steady: settles at 85 %',
  'one leak an hour of a hundred',
  'one burst of 40 % only',
  'one burst of 80 % only',
  'one burst within steady traffic',
  'bursts every 10 s, which fit',
  'cron on the minute, which fits',
  'cron every 30 s',
  'restart after 5 s',
  'random: settles at 80 %',
  'pool filled once',
  'several groups at random, which fit',
  'tcp_tw_reuse: three times what TIME_WAIT would hold',
])('%s: no alarm', (name) => {
  expect(scoreAt(name)).toMatchObject({ exhaustions: 0, falseReds: 0 });
});

test.for([
  ['steady: full in 50 s', 1, 1],
  ['long-poll of 25 s: too many', 1, 0.99],
  ['leak: full in 2 min', 1, 0.99],
  ['leak among closes', 1, 0.98],
  ['bursts every 2 s', 1, 0.95],
  ['pause and go on', 1, 0.99],
  ['random: full in 46 s', 1, 0.98],
  ['several groups, one of them full in 40 s', 1, 0.99],
  // The last half minute changes all: nobody could foretell it.
  ['step up', 0, 0.98],
  ['retry storm to the end', 0, 0.98],
] as const)('%s: foretold in time, and within a tenth', ([name, foretellable, right]) => {
  const score = scoreAt(name);
  expect(score).toMatchObject({ exhaustions: 1, foretellable, missed: 0, missedByVerdict: 0 });
  expect(score.falseReds).toBe(0);
  // Ten seconds before its end a storm of 13 s has hardly begun.
  expect(score.notRedAt10).toBe(name.startsWith('retry storm') ? 1 : 0);
  expect(score.right / score.settled).toBeGreaterThanOrEqual(right);
});

test('there are patterns enough, each with a name of its own', () => {
  expect(new Set(PATTERNS.map(({ name }) => name)).size).toBe(PATTERNS.length);
  expect(PATTERNS.length).toBeGreaterThanOrEqual(40);
  expect(SIZES).toEqual([100, 4000, 28_000]);
});

const SAID = {
  etaSeconds: 10,
  growthPerSecond: 0,
  isRed: true,
  isRedByTime: true,
  verdictSeconds: undefined,
  isOut: false,
};

test.for([
  ['what comes within twice the time is no false alarm', [50], []],
  ['what comes later is one', [71], [40]],
  ['what does not come is one', [], [40]],
] as const)('%s', ([, outAt, rows]) => {
  // Red from 40 s to 45 s, and again at 100 s, too late to be judged.
  const said = [40, 42, 45, 100].map((atSeconds) => ({ ...SAID, atSeconds }));
  const course = { said, outAt, exhaustions: [], unfoundedReds: new Set<number>() };
  const counted = { ...course, activeOpens: 0, refusals: 0 };
  expect(falseRows(counted, ({ etaSeconds }) => etaSeconds ?? undefined)).toEqual(rows);
});

test('the table goes where the document has its markers', () => {
  const table = scoreTable([{ name: 'leak', score: scoreAt('leak: full in 2 min') }]);
  expect(table).toMatch(/^\| leak \|.* 100 % \|$/m);
  const document = withScores('a\n<!-- score -->\nold\n<!-- /score -->\nb', table);
  expect(document).toBe(`a\n<!-- score -->\n${table}\n<!-- /score -->\nb`);
  expect(() => withScores('a', table)).toThrow('no <!-- score -->');
});
