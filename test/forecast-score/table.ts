/** The scores of all patterns as Markdown. */
import { HORIZONS, type Score, sumOf } from './score.ts';

/** A row of the table: a pattern, or a size, and its score. */
export interface ScoreRow {
  readonly name: string;
  readonly score: Score;
}

const HEADS = [
  'pattern',
  'hours',
  'ran out',
  'could be foretold 30 s before',
  'of those missed: time / verdict',
  'not red 10 s before',
  'false reds: demand ended / without reason',
  'false verdicts',
  ...HORIZONS.map((horizon) => `off at ${horizon} s`),
  'right from the third second on',
];

/** A table of the scores, with their sum as its last row. */
export function scoreTable(rows: readonly ScoreRow[]): string {
  const all = { name: '**all**', score: sumOf(rows.map(({ score }) => score)) };
  const rule = HEADS.map((_, column) => (column === 0 ? '---' : '---:'));
  return [HEADS, rule, ...[...rows, all].map(cellsOf)]
    .map((cells) => `| ${cells.join(' | ')} |`)
    .join('\n');
}

function cellsOf({ name, score }: ScoreRow): string[] {
  const { exhaustions, foretellable, missed, missedByVerdict, falseReds, unfoundedReds } = score;
  const ifAny = (text: string) => (exhaustions === 0 ? '' : text);
  return [
    name,
    score.hours.toFixed(1),
    ifAny(`${exhaustions}`),
    ifAny(`${foretellable}`),
    foretellable === 0 ? '' : `${missed} / ${missedByVerdict}`,
    ifAny(`${score.notRedAt10}`),
    `${falseReds - unfoundedReds} / ${unfoundedReds}`,
    `${score.falseVerdicts}`,
    ...score.errorsAt.map(medianText),
    score.settled === 0 ? '' : `${Math.round((100 * score.right) / score.settled)} %`,
  ];
}

/** The median of errors by their size, in percent. */
function medianText(errors: readonly number[]): string {
  const middle = errors.map((error) => Math.abs(error)).toSorted((a, b) => a - b)[
    Math.floor(errors.length / 2)
  ];
  if (middle === undefined) return '';
  return Number.isFinite(middle) ? `${Math.round(middle)} %` : 'never';
}

/** The document with tables put where its markers are. Throws where it has none. */
export function withScores(document: string, tables: string): string {
  const place = /(<!-- score -->\n)[^]*?(<!-- \/score -->)/;
  if (!place.test(document)) throw new Error('no <!-- score --> … <!-- /score -->');
  return document.replace(place, (_, open: string, close: string) => `${open}${tables}\n${close}`);
}
