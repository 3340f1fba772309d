/** The time by which the live view shows what comes: samples have times of their own. */
export interface ViewClock {
  /** Unix time in ms. */
  readonly nowMs: () => number;
  /** Calls back once after so many ms; returns the function that ends it. */
  readonly after: (delayMs: number, callBack: () => void) => () => void;
}
