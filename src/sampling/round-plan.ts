/** What is known of a place when it is decided whether to read its sockets; times in ms of the monotonic clock. */
export interface PlaceState {
  /** When its sockets were read the last time; undefined: never. */
  readonly readMs: number | undefined;
  /** Sockets now, by sockstat: TIME_WAIT and all others. */
  readonly sockets: number;
  /** The same at the last reading. */
  readonly socketsRead: number;
  /** How many ports the range has. */
  readonly rangeSize: number;
  /** The largest share of usable ports in use in any group at the last reading, 0–1. */
  readonly usedShare: number;
  /** True if a reading would show more, such as refusals, or the owners of sockets. */
  readonly hasNews: boolean;
}

/** From this share of the ports on, all is looked at closely. */
const NEARLY_FULL = 0.5;
/** Below this share of the range nothing can be wrong. */
const FEW = 0.1;

const READ_EVERY_MS = {
  /** Sockets that may fill the range, changed and not. */
  many: { changed: 1000, unchanged: 5000 },
  /** Too few to be short of ports. */
  few: { changed: 10_000, unchanged: 60_000 },
} as const;
/** As far as there is news of a small place. */
const NEWS_MS = 1000;

/** How often the sockets of a place are to be read, in ms; 0: at the full pace. Infinity: there are none. */
export function readEveryMs(state: PlaceState): number {
  const { sockets, socketsRead, rangeSize, usedShare, hasNews } = state;
  const share = Math.max(usedShare, sockets / Math.max(1, rangeSize));
  if (share >= NEARLY_FULL) return 0;
  if (sockets === 0 && socketsRead === 0 && !hasNews) return Infinity;
  const pace = share >= FEW ? READ_EVERY_MS.many : READ_EVERY_MS.few;
  const everyMs = sockets === socketsRead ? pace.unchanged : pace.changed;
  return hasNews ? Math.min(NEWS_MS, everyMs) : everyMs;
}

/**
 * The places to read now, the most urgent first: those never read, those with the most sockets first; then by how many
 * of their own intervals they are late. At the full pace the interval is `intervalMs`.
 */
export function dueFirst<Place>(
  places: readonly (readonly [Place, PlaceState])[],
  nowMs: number,
  intervalMs: number,
): Place[] {
  return places
    .map(([place, state]) => ({ place, late: lateness(state, nowMs, intervalMs), state }))
    .filter(({ late }) => late >= 1)
    .toSorted((a, b) => (b.late === a.late ? b.state.sockets - a.state.sockets : b.late - a.late))
    .map(({ place }) => place);
}

/** Ticks come a little early or late. */
const EARLY = 0.9;

function lateness(state: PlaceState, nowMs: number, intervalMs: number): number {
  if (state.readMs === undefined) return Infinity;
  const everyMs = Math.max(readEveryMs(state), intervalMs) * EARLY;
  return (nowMs - state.readMs) / everyMs;
}
