import { printableJson } from '../kernel/foreign-text.ts';
import { PlaceReports } from '../model/report/place-reports.ts';
import { reportDocument } from '../outputs/report-json.ts';
import { reportsMarkdown } from '../outputs/report-markdown.ts';
import { openRecorded } from '../recording/open.ts';
import { RecordedSamples } from '../recording/samples.ts';
import { isThinned, looks } from '../recording/survey.ts';
import { systemClock } from '../source/clock.ts';
import type { Invocation } from './invocation.ts';
import type { OptionsOf } from './option-table.ts';
import { recordingPath } from './recording-path.ts';
import { writeOut } from './stdout.ts';

/** Prints what happened in a recording. Throws SourceError if it cannot be read. */
export async function runReport({
  options: { format },
  args,
  trace,
}: Invocation<OptionsOf<'format'>>): Promise<void> {
  const file = openRecorded(recordingPath(args));
  try {
    const { index } = file;
    const builder = new PlaceReports(index.member(0).header.firstAtMs, index.durationMs);
    const samples = new RecordedSamples(file, systemClock);
    for await (const found of looks(samples, index))
      builder.push(found.sample, found.index, {
        isDamaged: file.problem !== undefined,
        isThinned: isThinned(samples, index),
      });
    const { problem, missingEnds } = file;
    const reports = builder.build(index.samples, problem, {
      isThinned: isThinned(samples, index),
      missingEnds,
    });
    for (const report of reports) trace?.(`report: ${report.looks} of ${report.samples} samples`);
    const { timeZone } = new Intl.DateTimeFormat().resolvedOptions();
    await writeOut(
      format === 'json'
        ? reports
            .map((report) =>
              printableJson(reportDocument(report), reports.length > 1 ? undefined : 2),
            )
            .map((text) => `${text}\n`)
            .join('')
        : reportsMarkdown(reports, timeZone),
    );
  } finally {
    file.close();
  }
}
