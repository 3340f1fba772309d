import type { ReplayPosition } from '../model/playback.ts';
import type { MemberHeader } from './format.ts';
import { type Direction, Gaps } from './gaps.ts';

/**
 * Index of a recording: where its samples are, and when they were taken. Times are in ms since its first sample; they
 * stand still while a clock that was set back catches up.
 */
export class RecordingIndex {
  // Of each member: some 50 bytes, and there is one a second.
  readonly #offsets: number[] = [];
  readonly #headers: MemberHeader[] = [];
  readonly #firstSamples: number[] = [];
  readonly #elapsedMs: number[] = [];
  readonly #gaps = new Gaps();
  #samples = 0;

  get members(): number {
    return this.#offsets.length;
  }

  get samples(): number {
    return this.#samples;
  }

  /** Length of the recording. */
  get durationMs(): number {
    return this.samples === 0 ? 0 : this.elapsedMsOf(this.samples - 1);
  }

  add(offset: number, header: MemberHeader): void {
    const before = this.#headers.at(-1);
    const start = this.#elapsedMs.at(-1) ?? 0;
    const sinceMs = before === undefined ? 0 : Math.max(0, header.firstAtMs - before.firstAtMs);
    this.#offsets.push(offset);
    this.#headers.push(header);
    this.#firstSamples.push(this.#samples);
    this.#elapsedMs.push(start + sinceMs);
    this.#samples += header.samples;
  }

  /**
   * Leaves out a sample that cannot be read, and those that need it. Returns the member behind them, which begins with a
   * whole sample; undefined: there is none, and the recording ends before them.
   */
  leaveOut(sample: number): number | undefined {
    let next = this.memberOf(sample) + 1;
    while (next < this.members && this.#headers[next]?.isKeyframe !== true) next++;
    if (next < this.members) {
      this.#gaps.add(sample, this.firstSampleOf(next));
      return next;
    }
    this.#endBefore(this.#gaps.endBefore(sample));
    return undefined;
  }

  /** A sample that is not left out: this one, or the nearest in the direction, or else in the other one. */
  readable(sample: number, towards: Direction): number {
    const within = Math.max(0, Math.min(sample, this.samples - 1));
    return this.#gaps.nearest(within, towards);
  }

  #endBefore(sample: number): void {
    const members = sample <= 0 ? 0 : this.memberOf(sample - 1) + 1;
    for (const list of [this.#offsets, this.#headers, this.#firstSamples, this.#elapsedMs])
      list.length = members;
    this.#samples = Math.max(0, sample);
  }

  member(member: number): { readonly offset: number; readonly header: MemberHeader } {
    const [offset, header] = [this.#offsets[member], this.#headers[member]];
    if (offset === undefined || header === undefined) throw new RangeError(`no member ${member}`);
    return { offset, header };
  }

  /** The member that has a sample. */
  memberOf(sample: number): number {
    return lastNotAbove(this.#firstSamples, sample);
  }

  firstSampleOf(member: number): number {
    return this.#firstSamples[member] ?? 0;
  }

  /** The last member, up to this one, that can be read without those before it. */
  keyframeBefore(member: number): number {
    let found = member;
    while (found > 0 && this.#headers[found]?.isKeyframe !== true) found--;
    return found;
  }

  /** When a sample was taken, assuming that samples are evenly spaced within a member. */
  elapsedMsOf(sample: number): number {
    const member = this.memberOf(sample);
    const { samples, spanMs } = this.#extent(member);
    const share = samples <= 1 ? 0 : (sample - this.firstSampleOf(member)) / (samples - 1);
    return (this.#elapsedMs[member] ?? 0) + spanMs * share;
  }

  /** Where a sample is in the recording. */
  positionOf(sample: number): ReplayPosition {
    const { samples, durationMs } = this;
    const isLast = sample >= samples - 1;
    return { index: sample, elapsedMs: this.elapsedMsOf(sample), durationMs, isLast };
  }

  /** The last sample taken by that time; the first sample if none was. */
  sampleAt(elapsedMs: number): number {
    const member = lastNotAbove(this.#elapsedMs, elapsedMs);
    const { samples, spanMs } = this.#extent(member);
    const since = elapsedMs - (this.#elapsedMs[member] ?? 0);
    // A thousandth of a sample, for what was computed from the one is not above the other.
    const steps = spanMs <= 0 ? samples - 1 : Math.floor((since / spanMs) * (samples - 1) + 1e-3);
    const last = this.samples - 1;
    return Math.min(last, this.firstSampleOf(member) + Math.max(0, Math.min(samples - 1, steps)));
  }

  #extent(member: number): { readonly samples: number; readonly spanMs: number } {
    const header = this.#headers[member];
    const next = this.#elapsedMs[member + 1] ?? Infinity;
    const longestMs = next - (this.#elapsedMs[member] ?? 0);
    const spanMs = header === undefined ? 0 : header.lastAtMs - header.firstAtMs;
    return { samples: header?.samples ?? 1, spanMs: Math.max(0, Math.min(spanMs, longestMs)) };
  }
}

/** The index of the last of these ascending numbers that is not above; 0 where all are. */
function lastNotAbove(ascending: readonly number[], value: number): number {
  let low = 0;
  let high = ascending.length - 1;
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    if ((ascending[middle] ?? Infinity) <= value) low = middle;
    else high = middle - 1;
  }
  return low;
}
