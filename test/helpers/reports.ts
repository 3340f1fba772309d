import { reportDocument as document } from '../../src/outputs/report-json.ts';
import { ReportBuilder, type RecordingReport } from '../../src/model/report/recording-report.ts';
import type { Sample } from '../../src/model/sample/sample.ts';
import { asPromised, REPORT_SCHEMA } from './json-schema.ts';

/** The report on these samples, all of which are looked at. */
export function reportOf(
  samples: readonly Sample[],
  damage?: string,
  built: Parameters<ReportBuilder['build']>[2] = {},
): RecordingReport {
  const [first, last] = [samples[0], samples.at(-1)];
  const fromMs = first?.takenAtMs ?? 0;
  const builder = new ReportBuilder(fromMs, (last?.takenAtMs ?? fromMs) - fromMs);
  for (const [index, sample] of samples.entries())
    builder.push(sample, index, { isDamaged: damage !== undefined, isThinned: false });
  return builder.build(samples.length, damage, built);
}

/** The program's document; throws if it is not as its schema says. */
export const reportDocument: typeof document = (report) =>
  asPromised(REPORT_SCHEMA, document(report));
