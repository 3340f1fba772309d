import { printableJson } from '../kernel/foreign-text.ts';
import { ReportBuilder } from '../model/report/recording-report.ts';
import { reportDocument } from '../outputs/report-json.ts';
import { reportMarkdown } from '../outputs/report-markdown.ts';
import { openRecorded } from '../recording/open.ts';
import { RecordedSamples } from '../recording/samples.ts';
import { everySample, survey } from '../recording/survey.ts';
import { systemClock } from '../source/clock.ts';
import type { Invocation } from './invocation.ts';
import type { OptionsOf } from './option-table.ts';
import { recordingPath } from './recording-path.ts';
import { writeOut } from './stdout.ts';

/** Of a longer recording, one sample a second is looked at, and more where something turned: an hour and more at the usual pace. */
const MOST_LOOKS = 20_000;

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
    const isThinned = index.samples > MOST_LOOKS;
    const looked = isThinned ? survey(samples, index) : everySample(samples, index);
    for await (const found of looked)
      builder.push(found.sample, found.index, {
        isDamaged: file.problem !== undefined,
        isThinned,
      });
    const { problem, missingEnds } = file;
    const report = builder.build(index.samples, problem, { isThinned, missingEnds });
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
