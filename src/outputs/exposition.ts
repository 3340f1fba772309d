import { type ForeignText, printable } from '../kernel/foreign-text.ts';

/** A label's name and value. */
export type Labels = readonly (readonly [name: string, value: ForeignText])[];

/** One series of a metric, now. */
export interface Series {
  readonly labels: Labels;
  readonly value: number;
}

/** A metric's name, meaning and type. */
export interface Metric {
  readonly name: string;
  /** One sentence without a full stop. */
  readonly help: string;
  readonly type: 'gauge' | 'counter';
}

/** The media type of {@link exposition}. */
export const EXPOSITION_TYPE = 'text/plain; version=0.0.4; charset=utf-8';

/**
 * Metrics in Prometheus' text format 0.0.4, without timestamps; metrics without series are left out. `prom-client`
 * would do it as well, with one fresh registry a scrape, but takes 85 ms to load.
 */
export function exposition(metrics: readonly (readonly [Metric, readonly Series[]])[]): string {
  return metrics
    .filter(([, series]) => series.length > 0)
    .map(([{ name, help, type }, series]) =>
      [
        `# HELP ${name} ${help.replaceAll('\\', '\\\\').replaceAll('\n', '\\n')}`,
        `# TYPE ${name} ${type}`,
        ...series.map(({ labels, value }) => `${name}${labelText(labels)} ${numberText(value)}`),
        '',
      ].join('\n'),
    )
    .join('');
}

function labelText(labels: Labels): string {
  if (labels.length === 0) return '';
  return `{${labels.map(([name, value]) => `${name}="${labelValue(value)}"`).join(',')}}`;
}

/** Safe to print, and valid UTF-8 once it is encoded. */
function labelValue(value: ForeignText): string {
  return printable(value).replaceAll('\\', '\\\\').replaceAll('"', '\\"');
}

/** As Go reads it. */
function numberText(value: number): string {
  if (Number.isNaN(value)) return 'NaN';
  if (!Number.isFinite(value)) return value > 0 ? '+Inf' : '-Inf';
  return String(value);
}
