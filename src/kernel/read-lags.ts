/** Rows that were read at once. */
export interface ReadSpan {
  readonly from: number;
  /** The row behind the last one. */
  readonly end: number;
  /** How long before the end of the reading they were read, in whole ms. */
  readonly lagMs: number;
}

/** How long before the end of a reading the rows of its table were read. */
export class ReadLags {
  // In the order of rows; those before the first one were read at the end.
  readonly #firstRows: number[] = [];
  readonly #lagsMs: number[] = [];

  clear(): void {
    this.#firstRows.length = 0;
    this.#lagsMs.length = 0;
  }

  /** The rows from this one on were read so long before the end. Rows must not go back. */
  add(firstRow: number, lagMs: number): void {
    this.#firstRows.push(firstRow);
    this.#lagsMs.push(lagMs);
  }

  /** Of one row, in ms. */
  of(row: number): number {
    let [low, high] = [0, this.#firstRows.length];
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.#firstRows[middle] ?? 0) <= row) low = middle + 1;
      else high = middle;
    }
    return this.#lagsMs[low - 1] ?? 0;
  }

  /** All rows of a table of this length, in their order. */
  spans(length: number): ReadSpan[] {
    const starts = [0, ...this.#firstRows];
    return [0, ...this.#lagsMs]
      .map((lagMs, index) => ({
        from: starts[index] ?? 0,
        end: Math.min(length, starts[index + 1] ?? length),
        lagMs,
      }))
      .filter(({ from, end }) => from < end);
  }
}
