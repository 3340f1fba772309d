import { printable } from '../kernel/foreign-text.ts';
import type { Sample } from '../model/sample/sample.ts';
import { failureReason } from '../source/read-file.ts';
import { SourceError } from '../source/source-error.ts';
import { MEMBER_HEADER_BYTES, packRecordingHeader, readHeader } from './format.ts';
import type { RecordingOutput } from './writer.ts';

/**
 * How much comes before the first critical sample and behind the last one, in ms. Five minutes hold how it came about
 * (TIME_WAIT lasts one, a forecast looks back ten seconds) and that it stayed well; what is slower is for a ring.
 */
export const AROUND_MS = 5 * 60_000;
/** From then on, an incident that goes on is kept one second a minute; its end is whole again. */
const LONG_MS = 60 * 60_000;
const THINNED_MS = 60_000;
/** An incident that has not been critical for longer is on its way out. */
const STILL_MS = 2000;
/** What comes before is kept in memory; on a very busy machine it is less than five minutes. */
const MOST_HELD_BYTES = 64e6;

/** What the dumps of incidents are made with. */
export interface DumpSettings {
  /** Makes the file of an incident that begins with this sample. Throws SourceError. */
  readonly create: (sample: Sample) => { readonly path: string; readonly output: RecordingOutput };
  /** ephtop's version. */
  readonly version: string;
  /** Gets a sentence for each incident that begins, ends, or cannot be written. */
  readonly onNews: (text: string) => void;
  /** Gets the path of each file that is whole. */
  readonly onWhole: (path: string) => void;
}

interface Member {
  readonly bytes: Buffer;
  readonly lastAtMs: number;
}

/** A file that is being written. */
interface Dump {
  readonly path: string;
  readonly output: RecordingOutput;
  /** Unix ms of the first critical sample, of the last one, and of the last second that was kept. */
  readonly sinceMs: number;
  criticalAtMs: number;
  keptAtMs: number;
  nowMs: number;
}

/** Keeps the last minutes in memory, and leaves a file for each incident. */
export class IncidentDumps implements RecordingOutput {
  readonly hasHeaders = true;
  readonly #settings: DumpSettings;
  #held: Member[] = [];
  #heldBytes = 0;
  #dump: Dump | undefined;
  /** True while an incident goes on whose file could not be written. */
  #hasFailed = false;

  constructor(settings: DumpSettings) {
    this.#settings = settings;
  }

  /** Takes whether a sample is critical, before it is recorded. */
  see(sample: Sample, isCritical: boolean): void {
    const { takenAtMs } = sample;
    if (!isCritical && this.#dump === undefined) this.#hasFailed = false;
    if (isCritical && this.#dump === undefined && !this.#hasFailed) this.#begin(sample);
    if (this.#dump === undefined) return;
    this.#dump.nowMs = takenAtMs;
    // A clock that was set back must not keep it open for ever.
    if (isCritical || takenAtMs < this.#dump.criticalAtMs) this.#dump.criticalAtMs = takenAtMs;
  }

  append(bytes: Buffer): void {
    const header = readHeader(bytes.subarray(0, MEMBER_HEADER_BYTES));
    const lastAtMs = header?.lastAtMs ?? 0;
    this.#hold({ bytes, lastAtMs });
    const dump = this.#dump;
    if (dump === undefined) return;
    const isLong = lastAtMs - dump.sinceMs > LONG_MS;
    const isCritical = lastAtMs - dump.criticalAtMs < STILL_MS;
    const sinceKept = lastAtMs - dump.keptAtMs;
    if (!(isLong && isCritical && sinceKept >= 0 && sinceKept < THINNED_MS)) {
      dump.keptAtMs = lastAtMs;
      this.#attempt(dump, () => dump.output.append(bytes));
    }
    if (this.#dump !== undefined && dump.nowMs - dump.criticalAtMs >= AROUND_MS) this.#finish(dump);
  }

  end(): 'there' {
    if (this.#dump !== undefined) this.#finish(this.#dump);
    return 'there';
  }

  #begin(sample: Sample): void {
    const { create, version, onNews } = this.#settings;
    try {
      const { path, output } = create(sample);
      const { takenAtMs: nowMs } = sample;
      const times = { sinceMs: nowMs, criticalAtMs: nowMs, keptAtMs: nowMs, nowMs };
      const dump: Dump = { path, output, ...times };
      this.#dump = dump;
      const held = this.#held.map(({ bytes }) => bytes);
      this.#attempt(dump, () => {
        output.append(packRecordingHeader(version));
        for (const bytes of held) output.append(bytes);
      });
      if (this.#dump !== undefined)
        onNews(`critical: the incident goes into ${printable(path)}, with the minutes before.`);
    } catch (error) {
      if (!(error instanceof SourceError)) throw error;
      this.#hasFailed = true;
      onNews(`no file for this incident: ${error.message}`);
    }
  }

  #finish({ path, output }: Dump): void {
    this.#dump = undefined;
    if (output.end() === 'there') this.#settings.onWhole(path);
    else this.#settings.onNews(`${printable(path)} was moved or removed meanwhile.`);
  }

  #attempt(dump: Dump, write: () => void): void {
    try {
      write();
    } catch (error) {
      this.#dump = undefined;
      this.#hasFailed = true;
      dump.output.end();
      this.#settings.onNews(
        `the file of this incident ends: ${failureReason(error)} (${printable(dump.path)}).`,
      );
    }
  }

  #hold(member: Member): void {
    this.#held.push(member);
    this.#heldBytes += member.bytes.length;
    const isOld = ({ lastAtMs }: Member) =>
      lastAtMs < member.lastAtMs - AROUND_MS || lastAtMs > member.lastAtMs;
    let gone = 0;
    for (const old of this.#held) {
      if (!isOld(old) && this.#heldBytes <= MOST_HELD_BYTES) break;
      this.#heldBytes -= old.bytes.length;
      gone++;
    }
    if (gone > 0) this.#held = this.#held.slice(gone);
  }
}
