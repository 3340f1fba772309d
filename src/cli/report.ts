import { printableJson } from '../kernel/foreign-text.ts';
import { ReportBuilder } from '../model/report/recording-report.ts';
import { reportDocument } from '../outputs/report-json.ts';
import { reportMarkdown } from '../outputs/report-markdown.ts';
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
    const builder = new ReportBuilder(index.member(0).header.firstAtMs, index.durationMs);
    const samples = new RecordedSamples(file, systemClock);
    for await (const found of looks(samples, index))
      builder.push(found.sample, found.index, {
        isDamaged: file.problem !== undefined,
        isThinned: isThinned(index),
      });
    const { problem, missingEnds } = file;
    const report = builder.build(index.samples, problem, {
      isThinned: isThinned(index),
      missingEnds,
    });
    trace?.(`report: ${report.looks} of ${report.samples} samples`);
    const { timeZone } = new Intl.DateTimeFormat().resolvedOptions();
    await writeOut(
      format === 'json'
        ? `${printableJson(reportDocument(report), 2)}\n`
        : reportMarkdown(report, timeZone),
    );
  } finally {
    file.close();
  }
}
