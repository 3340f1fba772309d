/** What forecasts were worth, held against what became of the ports. */
import { type Course, lastSeconds, type Said } from './play.ts';
import type { Pattern } from './patterns.ts';

/** So long before the end forecasts are held against it, in seconds. */
export const HORIZONS = [120, 60, 30, 10] as const;

/** After a change of traffic nothing needs to be known for so many seconds. */
const SETTLED_SECONDS = 3;
/** A forecast is right within this share of the time that was left, and within a second in any case. */
const TOLERANCE = 0.1;
const LEAST_TOLERANCE_SECONDS = 1;
/** Looks that are wrong without a pause longer than this are one false alarm. */
const ONE_ALARM_SECONDS = 5;
/** A verdict about more than this is not held against the future: no pattern is that long. */
const VERDICT_SECONDS = 120;

/** Of one group's run. */
export interface Score {
  readonly hours: number;
  /** Rows of looks that were red by time while no connect() was refused within twice the time. */
  readonly falseReds: number;
  /** Of those, the ones that even the demand of the minute before gave no reason for. */
  readonly unfoundedReds: number;
  /** Rows of verdicts that the ports run out, which they did not within twice the time. */
  readonly falseVerdicts: number;
  readonly exhaustions: number;
  /** Those that the last minute could foretell 30 s before. */
  readonly foretellable: number;
  /** Of those, the ones that were not foretold then: by `etaSeconds`, by the verdict. */
  readonly missed: number;
  readonly missedByVerdict: number;
  /** Of all exhaustions that were watched for 10 s before: the group was not red 10 s before. */
  readonly notRedAt10: number;
  /** Errors in percent of the time left, at each of HORIZONS, where the traffic did not change in between; Infinity: never. */
  readonly errorsAt: readonly (readonly number[])[];
  /** Looks from the third second after a change on, up to the end that came of it; and those that were right. */
  readonly settled: number;
  readonly right: number;
}

export function scoreOf(pattern: Pattern, course: Course): Score {
  const changes = [0, ...(pattern.changes ?? [])];
  const red = falseRows(course, ({ isRedByTime, etaSeconds }) =>
    isRedByTime && etaSeconds !== null ? etaSeconds : undefined,
  );
  const verdicts = falseRows(course, ({ verdictSeconds, isOut }) =>
    !isOut && verdictSeconds !== undefined && verdictSeconds <= VERDICT_SECONDS
      ? verdictSeconds
      : undefined,
  );
  const foretellable = course.exhaustions.filter(({ couldBeForetold }) => couldBeForetold);
  const isMissed = (time: (said: Said) => number | null | undefined) =>
    foretellable.filter(({ atSeconds }) => {
      const said = saidAt(course, atSeconds - 30);
      return said === undefined || (time(said) ?? Infinity) > 60;
    }).length;
  const settled = pattern.restless === true ? [] : settledLooks(course, changes);
  return {
    hours: pattern.seconds / 3600,
    falseReds: red.length,
    unfoundedReds: red.filter((row) => course.unfoundedReds.has(row)).length,
    falseVerdicts: verdicts.length,
    exhaustions: course.exhaustions.length,
    foretellable: foretellable.length,
    missed: isMissed(({ etaSeconds }) => etaSeconds),
    missedByVerdict: isMissed(({ verdictSeconds }) => verdictSeconds),
    notRedAt10: course.exhaustions.filter(({ atSeconds }) => {
      const said = saidAt(course, atSeconds - 10);
      return said !== undefined && !said.isRed;
    }).length,
    errorsAt: HORIZONS.map((horizon) => errorsAt(course, changes, horizon)),
    settled: settled.length,
    right: settled.filter(({ isRight }) => isRight).length,
  };
}

/** First moments of rows of looks that foretold an end, in the time given, which did not come. */
export function falseRows(
  course: Course,
  foretold: (said: Said) => number | undefined,
): readonly number[] {
  const rows: number[] = [];
  let [last, first, isFalse] = [-Infinity, 0, false];
  const end = course.said.at(-1)?.atSeconds ?? 0;
  for (const said of course.said) {
    const seconds = foretold(said);
    if (seconds === undefined) continue;
    if (said.atSeconds - last > ONE_ALARM_SECONDS) [first, isFalse] = [said.atSeconds, false];
    last = said.atSeconds;
    const until = said.atSeconds + lastSeconds(seconds);
    const comes = course.outAt.some((at) => at >= said.atSeconds && at <= until);
    // What lies beyond the end of the run is not known.
    if (isFalse || comes || until > end) continue;
    isFalse = true;
    rows.push(first);
  }
  return rows;
}

function saidAt({ said }: Course, atSeconds: number): Said | undefined {
  return atSeconds < 0 ? undefined : said.findLast((one) => one.atSeconds <= atSeconds + 1e-6);
}

function errorsAt(course: Course, changes: readonly number[], horizon: number): number[] {
  return course.exhaustions.flatMap(({ atSeconds }) => {
    const from = atSeconds - horizon;
    const isSettled = !changes.some(
      (change) => change > from - SETTLED_SECONDS && change < atSeconds,
    );
    const said = saidAt(course, from);
    if (!isSettled || said === undefined) return [];
    return [(100 * ((said.etaSeconds ?? Infinity) - horizon)) / horizon];
  });
}

/** A look at traffic that has been the same for 3 s and stays so until the end, and whether it foretold that end. */
function settledLooks(course: Course, changes: readonly number[]) {
  return course.exhaustions.flatMap(({ atSeconds }) => {
    const since = Math.max(...changes.filter((change) => change < atSeconds)) + SETTLED_SECONDS;
    const looks = course.said.filter(
      (said) => said.atSeconds >= since && said.atSeconds < atSeconds,
    );
    return looks.map((said) => {
      const left = atSeconds - said.atSeconds;
      const error = Math.abs((said.etaSeconds ?? Infinity) - left);
      return {
        atSeconds: said.atSeconds,
        error,
        isRight: error <= Math.max(LEAST_TOLERANCE_SECONDS, TOLERANCE * left),
      };
    });
  });
}

/** The scores of several runs as one. */
export function sumOf(scores: readonly Score[]): Score {
  const sum = (count: (score: Score) => number) =>
    scores.reduce((total, score) => total + count(score), 0);
  return {
    hours: sum(({ hours }) => hours),
    falseReds: sum(({ falseReds }) => falseReds),
    unfoundedReds: sum(({ unfoundedReds }) => unfoundedReds),
    falseVerdicts: sum(({ falseVerdicts }) => falseVerdicts),
    exhaustions: sum(({ exhaustions }) => exhaustions),
    foretellable: sum(({ foretellable }) => foretellable),
    missed: sum(({ missed }) => missed),
    missedByVerdict: sum(({ missedByVerdict }) => missedByVerdict),
    notRedAt10: sum(({ notRedAt10 }) => notRedAt10),
    errorsAt: HORIZONS.map((_, index) =>
      scores.flatMap(({ errorsAt: errors }) => errors[index] ?? []),
    ),
    settled: sum(({ settled }) => settled),
    right: sum(({ right }) => right),
  };
}
