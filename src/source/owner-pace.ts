/** How much time the owner search may use; plain data, so that it can be passed to a thread. */
export interface OwnerPace {
  /** Minimum time from the end of a search to the next one, in ms. */
  readonly intervalMs: number;
  /** Minimum rest after a search, as a multiple of the time it took. */
  readonly restRatio: number;
  /** Maximum search time in one call, in ms; a longer search continues in the next call. */
  readonly budgetMs: number;
  /** Ms from the first call to the first search. */
  readonly firstDelayMs: number;
  /** `budgetMs` of the first search. */
  readonly firstBudgetMs: number;
}

/** No limit: every call finds all it can, however long it takes. */
export const THOROUGH: OwnerPace = {
  intervalMs: 0,
  restRatio: 0,
  budgetMs: Infinity,
  firstDelayMs: 0,
  firstBudgetMs: Infinity,
};

/**
 * The first call does nothing, later calls are short, and all together take at most 1 % of the time. The user waits for
 * the first search, so its calls may search a few hundred processes at once.
 */
export const IN_PASSING: OwnerPace = {
  intervalMs: 5000,
  restRatio: 100,
  budgetMs: 10,
  firstDelayMs: 1,
  firstBudgetMs: 60,
};
