interface Gap {
  readonly from: number;
  /** The first sample behind it. */
  readonly end: number;
}

/** The samples of a recording that cannot be read, by number; there is one that can between any two gaps. */
export class Gaps {
  #gaps: readonly Gap[] = [];

  /** Adds the samples `from` … `end - 1`. */
  add(from: number, end: number): void {
    const touches = (gap: Gap) => gap.from <= end && gap.end >= from;
    const joined = [...this.#gaps.filter(touches), { from, end }];
    this.#gaps = [
      ...this.#gaps.filter((gap) => !touches(gap)),
      {
        from: Math.min(...joined.map((gap) => gap.from)),
        end: Math.max(...joined.map((gap) => gap.end)),
      },
    ].toSorted((a, b) => a.from - b.from);
  }

  /** Where the recording ends if it is cut before a sample: earlier if a gap would come last. */
  endBefore(sample: number): number {
    const last = this.#gaps.find((gap) => gap.from < sample && gap.end >= sample);
    const end = last?.from ?? sample;
    this.#gaps = this.#gaps.filter((gap) => gap.from < end);
    return end;
  }

  /** The sample itself if it can be read, or the next one in this direction; in the other one if there is none. */
  nearest(sample: number, towards: Direction): number {
    const gap = this.#gaps.find(({ from, end }) => from <= sample && sample < end);
    if (gap === undefined) return sample;
    return towards === 'earlier' && gap.from > 0 ? gap.from - 1 : gap.end;
  }
}

/** Where to look for a sample instead of one that cannot be read. */
export type Direction = 'earlier' | 'later';
