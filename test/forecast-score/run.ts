/**
 * Scores the forecasts by every traffic pattern at every size, in virtual time; takes half a minute.
 *
 *     npm run score                      all patterns
 *     npm run score -- leak              those whose name has this in it
 *     npm run score -- --doc docs/forecast.md   puts the tables into that document
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { PATTERNS, SIZES } from './patterns.ts';
import { play } from './play.ts';
import { type Score, scoreOf, sumOf } from './score.ts';
import { type ScoreRow, scoreTable, withScores } from './table.ts';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { doc: { type: 'string' } },
});
const chosen = PATTERNS.filter(({ name }) => positionals.every((word) => name.includes(word)));
const bySize = new Map<number, Score[]>(SIZES.map((size) => [size, []]));
const byPattern: ScoreRow[] = chosen.map((pattern) => {
  const scores = SIZES.map((size) => {
    const score = sumOf(play(pattern, size).map((course) => scoreOf(pattern, course)));
    bySize.get(size)?.push(score);
    return score;
  });
  return { name: pattern.name, score: sumOf(scores) };
});
const sizes = [...bySize].map(([size, scores]) => ({
  name: `all at ${size.toLocaleString('en')} ports`,
  score: sumOf(scores),
}));
const tables = `${scoreTable(sizes)}\n\n${scoreTable(byPattern)}`;
process.stdout.write(`${tables}\n`);
if (values.doc !== undefined)
  writeFileSync(values.doc, withScores(readFileSync(values.doc, 'utf8'), tables));
