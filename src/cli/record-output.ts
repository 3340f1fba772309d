import { dirname } from 'node:path';
import { printable } from '../kernel/foreign-text.ts';
import { PlaceStreams } from '../model/place-streams.ts';
import type { Sample } from '../model/sample/sample.ts';
import { ringName } from '../recording/file-name.ts';
import { AROUND_MS, IncidentDumps } from '../recording/incident-dumps.ts';
import type { RecordingOutput } from '../recording/writer.ts';
import type { OptionsOf } from './option-table.ts';
import { createRecordingFile, replayCommand } from './recorder.ts';
import { say } from './say.ts';
import { STDOUT } from './stdout.ts';
import { UsageError } from './usage-error.ts';

declare const EPHTOP_VERSION: string;

type OutputOptions = OptionsOf<'output' | 'recording'>;

/** Where a recording goes. */
export interface RecordOutput {
  /** What the user may call it; '-' is stdout. Undefined: only files of incidents are made. */
  readonly path: string | undefined;
  readonly output: RecordingOutput;
  /** What it records to, for a sentence. */
  readonly where: string;
  /** Takes each sample before it is recorded. */
  readonly see?: ((sample: Sample) => void) | undefined;
}

/** Throws a UsageError for options that do not go together. */
export function requireOutputUse({ output, ring, dumpOn }: OutputOptions): void {
  if (ring !== undefined && output === '-')
    throw new UsageError('--ring needs files: use "-o FILE", or leave -o out.');
  if (ring === undefined && dumpOn !== undefined && output !== undefined)
    throw new UsageError(
      '--dump-on names a file for each incident by itself: leave -o out, or add --ring.',
    );
}

/** Opens what the options ask for. Throws SourceError. */
export async function openOutput(first: Sample, options: OutputOptions): Promise<RecordOutput> {
  const { ring, dumpOn } = options;
  if (ring === undefined && dumpOn === undefined) return plainOutput(first, options.output);
  const path = ring === undefined ? undefined : (options.output ?? ringName(first.host.hostname));
  const files = path === undefined || ring === undefined ? [] : [await openRing(path, ring)];
  const dumps = dumpOn === undefined ? undefined : incidentDumps(path);
  const minutes = `${AROUND_MS / 60_000} minutes`;
  const where = [
    ...(path === undefined ? [] : [`a ring, ${printable(path)},`]),
    ...(dumps === undefined
      ? []
      : [`a file for each incident, with ${minutes} before and after it,`]),
  ];
  return {
    path,
    output: both([...files, ...(dumps === undefined ? [] : [dumps])]),
    where: where.join(' and '),
    see: dumps && criticalWatch(dumps),
  };
}

async function openRing(path: string, lengthMs: number): Promise<RecordingOutput> {
  // With it comes Node's cryptography, for an id.
  const { ringOutput } = await import('../recording/ring.ts');
  return ringOutput({ path, lengthMs, version: EPHTOP_VERSION, onNews: say });
}

/** One file, or stdout. Throws SourceError. */
export function plainOutput(first: Sample, wanted: string | undefined): RecordOutput {
  if (wanted === '-') return { path: '-', output: STDOUT, where: 'stdout' };
  const { path, output } = createRecordingFile(first, wanted);
  return { path, output, where: printable(path) };
}

/** Files of incidents beside the ring, or else in the current directory. */
function incidentDumps(ringPath: string | undefined): IncidentDumps {
  const directory = ringPath === undefined ? '' : dirname(ringPath);
  return new IncidentDumps({
    create: (sample) => createRecordingFile(sample, undefined, { kind: 'incident', directory }),
    version: EPHTOP_VERSION,
    onNews: say,
    onWhole: (path) => say(`an incident is recorded; look at it with: ${replayCommand(path)}`),
  });
}

/** Models are built so often: a second of an incident is not missed. */
const LOOK_MS = 1000;

/** Tells the dumps whether ports are short, by the severity of the live view. */
function criticalWatch(dumps: IncidentDumps): (sample: Sample) => void {
  const streams = new PlaceStreams();
  const lookedMs = new Map<string, number>();
  const critical = new Set<string>();
  return (sample) => {
    const { id } = sample.place;
    const model = streams.take(sample);
    if (Math.abs(sample.takenAtMs - (lookedMs.get(id) ?? -Infinity)) < LOOK_MS) return;
    lookedMs.set(id, sample.takenAtMs);
    if (model().worst?.severity === 'critical') critical.add(id);
    else critical.delete(id);
    // As long as one place is short of ports, it goes on.
    dumps.see(sample, critical.size > 0);
  };
}

/** Writes the same to several outputs. */
function both(outputs: readonly RecordingOutput[]): RecordingOutput {
  return {
    hasHeaders: true,
    append: (bytes) => outputs.forEach((output) => output.append(bytes)),
    end: () => outputs.map((output) => output.end())[0] ?? 'there',
  };
}
