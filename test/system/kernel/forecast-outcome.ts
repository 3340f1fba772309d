/** What a forecast was worth, once it is known when the ports really ran out. */
import type { Look, WatchedRun } from '../../helpers/namespace-protocol.ts';

/** A forecast beside the truth. */
export type Judged = {
  /** How much of the time from the start to the end had passed, 0–1. */
  share: number;
  /** Foretold less real moment, in percent of the time from the start to the end; Infinity: never. */
  errorPercent: number;
  /** The same from one sample alone. */
  errorPercentAlone: number;
};

/** A run whose ports ran out. */
export type Outcome = {
  /** Seconds from the start to the first EADDRNOTAVAIL. */
  totalSeconds: number;
  judged: Judged[];
};

/** Judges every look of a run. Throws where the ports did not run out. */
export function judge({ startedMs, exhaustedMs, looks }: WatchedRun): Outcome {
  if (exhaustedMs === null) throw new Error('the client was never refused a port');
  const totalMs = exhaustedMs - startedMs;
  const errorPercent = ({ atMs }: Look, etaSeconds: number | null) =>
    (100 * (atMs + (etaSeconds ?? Infinity) * 1000 - exhaustedMs)) / totalMs;
  const judged = looks
    .filter(({ atMs }) => atMs >= startedMs && atMs < exhaustedMs)
    .map((look) => ({
      share: (look.atMs - startedMs) / totalMs,
      errorPercent: errorPercent(look, look.etaSeconds),
      errorPercentAlone: errorPercent(look, look.etaSecondsAlone),
    }));
  return { totalSeconds: totalMs / 1000, judged };
}

/** The first forecast once so much of the time had passed. Throws where there is none. */
export function forecastAt({ judged }: Outcome, share: number): Judged {
  const found = judged.find((one) => one.share >= share);
  if (found === undefined) throw new Error(`no forecast after ${share} of the time`);
  return found;
}

/** The forecast that is furthest off of those made once so much of the time had passed. */
export function worstFrom(outcome: Outcome, share: number): Judged {
  const from = outcome.judged.filter((one) => one.share >= share);
  return from.reduce(
    (worst, one) => (Math.abs(one.errorPercent) > Math.abs(worst.errorPercent) ? one : worst),
    forecastAt(outcome, share),
  );
}

/** A row of the table: a scenario, and what was measured of it. */
export type OutcomeRow = { name: string; outcome: Outcome };

const SHARES = [0.5, 0.6, 0.75, 0.9];

/** A Markdown table of the errors, in percent of the time from the start to the end. */
export function outcomeTable(rows: readonly OutcomeRow[]): string {
  const heads = [
    'client',
    'ran out after',
    ...SHARES.map((share) => `at ${100 * share} %`),
    'worst from 50 % on',
    'one sample, at 50 %',
  ];
  const cells = rows.map(({ name, outcome }) => [
    name,
    `${outcome.totalSeconds.toFixed(1)} s`,
    ...SHARES.map((share) => percentText(forecastAt(outcome, share).errorPercent)),
    percentText(worstFrom(outcome, 0.5).errorPercent),
    percentText(forecastAt(outcome, 0.5).errorPercentAlone),
  ]);
  const rule = heads.map((_, column) => (column === 0 ? '---' : '---:'));
  return [heads, rule, ...cells].map((row) => `| ${row.join(' | ')} |`).join('\n');
}

function percentText(percent: number): string {
  if (percent === Infinity) return 'never';
  const text = percent.toFixed(1);
  return text.startsWith('-') ? text.replace('-', '−') : `+${text}`;
}

const TABLE = /(<!-- measured -->\n)[^]*?(<!-- \/measured -->)/;

/** The document with the table put where its markers are. Throws where it has none. */
export function withTable(document: string, table: string): string {
  if (!TABLE.test(document)) throw new Error('no <!-- measured --> … <!-- /measured -->');
  return document.replace(TABLE, (_, open: string, close: string) => `${open}${table}\n${close}`);
}
