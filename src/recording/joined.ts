import { SourceError } from '../source/source-error.ts';
import type { Recorded } from './file.ts';
import { RecordingIndex } from './index-of-members.ts';

/** The two files of a ring as one recording. Closes both. */
export class JoinedRecording implements Recorded {
  readonly index = new RecordingIndex();
  readonly #older: Recorded;
  readonly #newer: Recorded;
  /** How many members the older one had when they were joined. */
  readonly #olderMembers: number;
  /** Places that were found damaged since then. */
  #damaged = 0;

  constructor(older: Recorded, newer: Recorded) {
    [this.#older, this.#newer] = [older, newer];
    this.#olderMembers = older.index.members;
    // Where a member is has no meaning here: `lines` asks its file.
    for (const { index } of [older, newer])
      for (let member = 0; member < index.members; member++)
        this.index.add(0, index.member(member).header);
  }

  get problem(): string | undefined {
    const places = this.#damaged;
    const own =
      places === 0
        ? undefined
        : `The ring is damaged at ${places} ${places === 1 ? 'place' : 'places'}; the rest is shown.`;
    const all = [this.#older.problem, this.#newer.problem, own];
    return all.filter(Boolean).join(' ') || undefined;
  }

  get missingEnds() {
    return { start: this.#older.missingEnds.start, end: this.#newer.missingEnds.end };
  }

  lines(member: number): string[] {
    return member < this.#olderMembers
      ? this.#older.lines(member)
      : this.#newer.lines(member - this.#olderMembers);
  }

  leaveOut(sample: number): void {
    this.index.leaveOut(sample);
    this.#damaged++;
    if (this.index.samples === 0)
      throw new SourceError('The ring is damaged: none of its samples can be read.');
  }

  close(): void {
    this.#older.close();
    this.#newer.close();
  }
}
