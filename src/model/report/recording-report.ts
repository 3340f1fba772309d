import type { Model } from '../model.ts';
import { ModelStream } from '../model-stream.ts';
import type { Sample } from '../sample/sample.ts';
import { severityRank } from '../severity.ts';
import { EVERY_SAMPLE, isAfterGap, type Reading } from './sample-gaps.ts';
import { type FollowedCourse, FollowedCourses } from './followed-courses.ts';
import { type GroupCourse, GroupCourses, isShorter } from './group-courses.ts';
import { type Incident, type TurningPoint, TurningPoints } from './turning-points.ts';

/** What happened in a recording. */
export interface RecordingReport {
  readonly first: Sample;
  readonly last: Sample;
  /** The earliest and the latest time of a sample, Unix ms: a clock may be set back. */
  readonly fromMs: number;
  readonly toMs: number;
  /** How often the clock was set back, and the first time that it was, Unix ms; undefined: never. */
  readonly setBack: SetBack | undefined;
  /** Samples in the recording, and those of them that were looked at. */
  readonly samples: number;
  readonly looks: number;
  /** True if samples were left out because there are so many; what is damaged is left out in any case. */
  readonly isThinned: boolean;
  /** By the clock of the recorded machine. */
  readonly points: readonly TurningPoint[];
  readonly incidents: readonly Incident[];
  /** The model at the worst moment: least headroom, most refusals. */
  readonly worst: Model;
  /** The model at the first warning; undefined: there was none. */
  readonly warned: Model | undefined;
  /** The worst groups, the worst first. */
  readonly groups: readonly GroupCourse[];
  /** connect() calls refused in this time, all groups; undefined: they could not be seen. */
  readonly refused: number | undefined;
  /** Suggestions that were followed, the first one first. */
  readonly followed: readonly FollowedCourse[];
  readonly unseen: Unseen;
}

/** A clock that was set back, from one time (Unix ms) to another, and how often it was. */
export interface SetBack {
  readonly times: number;
  readonly fromMs: number;
  readonly toMs: number;
}

/** What the recorder could not see. */
export interface Unseen {
  /** Times without a sample, Unix ms; short ones too where the file is damaged. */
  readonly gaps: readonly { readonly fromMs: number; readonly toMs: number }[];
  /** Sentences of the recorder, safe to print, each with the time of the first sample that has it; at most `MOST_NOTES`. */
  readonly notes: readonly { readonly atMs: number; readonly text: string }[];
  /** The most groups that were only summed up, and processes whose files could not be read. */
  readonly remainderGroups: number;
  readonly ownersUnseen: number;
  /** A sentence on what cannot be read of the file. */
  readonly damage: string | undefined;
  /** Where the damage is at an end of the file, samples may be missing before the first or after the last one. */
  readonly missingEnds: MissingEnds;
}

/** What is known once all samples were pushed. */
export interface Built {
  /** True if not all were pushed that can be read. */
  readonly isThinned: boolean;
  readonly missingEnds: MissingEnds;
}

/** At which ends of a recording samples may be missing. */
export interface MissingEnds {
  readonly start: boolean;
  readonly end: boolean;
}

const NO_ENDS: MissingEnds = { start: false, end: false };
const MOST_GROUPS = 5;
const MOST_NOTES = 20;
const MOST_GAPS = 50;

/** Makes a report of samples that follow each other. */
export class ReportBuilder {
  readonly #stream = new ModelStream();
  readonly #points = new TurningPoints();
  readonly #courses: GroupCourses;
  readonly #notes = new Map<string, number>();
  readonly #gaps: { fromMs: number; toMs: number }[] = [];
  #fromMs = Infinity;
  #toMs = -Infinity;
  #setBack: SetBack | undefined;
  readonly #followed = new FollowedCourses();
  #first: Sample | undefined;
  #last: Sample | undefined;
  #worst: Model | undefined;
  #warned: Model | undefined;
  #looks = 0;
  #remainderGroups = 0;
  #isRefusalWatched = false;
  #ownersUnseen = 0;

  /** Of a recording that begins at a Unix time in ms, and is so long. */
  constructor(fromMs: number, durationMs: number) {
    this.#courses = new GroupCourses(fromMs, durationMs);
  }

  /** Takes the next sample that is looked at, and its number in the recording; `reading`: how closely it is read. */
  push(sample: Sample, index: number, reading: Reading = EVERY_SAMPLE): void {
    const model = this.#stream.next(sample);
    // A clock that was set back catches up without a gap.
    const isLate = this.#last?.takenAtMs === this.#toMs && isAfterGap(this.#last, sample, reading);
    this.#points.push(model, index, isLate);
    if (isLate && this.#last !== undefined && this.#gaps.length < MOST_GAPS)
      this.#gaps.push({ fromMs: this.#last.takenAtMs, toMs: sample.takenAtMs });
    this.#followClock(sample);
    this.#courses.push(model);
    this.#note(sample);
    this.#followed.push(model);
    if (this.#worst === undefined || isWorseMoment(model, this.#worst)) this.#worst = model;
    if (this.#warned === undefined && this.#points.points.some(isWarning)) this.#warned = model;
    this.#first ??= sample;
    this.#last = sample;
    this.#looks++;
  }

  /** The report on a recording of so many samples. Throws RangeError if no sample was taken. */
  build(
    samples: number,
    damage: string | undefined,
    { isThinned = false, missingEnds = NO_ENDS }: Partial<Built> = {},
  ): RecordingReport {
    const [first, last, worst] = [this.#first, this.#last, this.#worst];
    if (first === undefined || last === undefined || worst === undefined)
      throw new RangeError('a report needs a sample');
    return {
      first,
      last,
      samples,
      looks: this.#looks,
      isThinned,
      fromMs: this.#fromMs,
      toMs: this.#toMs,
      setBack: this.#setBack,
      points: this.#points.points.toSorted((a, b) => a.atMs - b.atMs),
      incidents: this.#points.incidents,
      worst,
      warned: this.#warned,
      groups: this.#courses.worst(MOST_GROUPS),
      // A machine without outgoing connections is watched as well.
      refused: this.#courses.refused ?? (this.#isRefusalWatched ? 0 : undefined),
      followed: this.#followed.all,
      unseen: {
        gaps: this.#gaps,
        notes: [...this.#notes].map(([text, atMs]) => ({ text, atMs })),
        remainderGroups: this.#remainderGroups,
        ownersUnseen: this.#ownersUnseen,
        damage,
        missingEnds,
      },
    };
  }

  #note(sample: Sample): void {
    const { sampling, takenAtMs, remainder } = sample;
    const { warnings, fallback, refusalsUnseen, ownersHidden } = sampling;
    for (const text of [refusalsUnseen, fallback, ownersHidden, ...warnings])
      if (text !== undefined && this.#notes.size < MOST_NOTES && !this.#notes.has(text))
        this.#notes.set(text, takenAtMs);
    this.#isRefusalWatched ||= refusalsUnseen === undefined;
    this.#remainderGroups = Math.max(this.#remainderGroups, remainder.groups);
    this.#ownersUnseen = Math.max(this.#ownersUnseen, sampling.ownersUnseen);
  }

  #followClock({ takenAtMs }: Sample): void {
    this.#fromMs = Math.min(this.#fromMs, takenAtMs);
    this.#toMs = Math.max(this.#toMs, takenAtMs);
    const before = this.#last?.takenAtMs ?? takenAtMs;
    if (takenAtMs >= before) return;
    const { times = 0, ...first } = this.#setBack ?? { fromMs: before, toMs: takenAtMs };
    this.#setBack = { ...first, times: times + 1 };
  }
}

/** True of an outage that was over when the recording began. */
export function wasBefore({ when }: Pick<TurningPoint, 'when'>): boolean {
  return when === 'before start';
}

function isWarning({ kind, when }: TurningPoint): boolean {
  return kind !== 'sysctl' && when !== 'before start';
}

/** True if ports were shorter: by severity, and by what the worst group had left. */
function isWorseMoment({ worst: one }: Model, { worst: other }: Model): boolean {
  if (one === undefined || other === undefined) return one !== undefined;
  const rank = severityRank(one.severityNow) - severityRank(other.severityNow);
  return rank === 0 ? isShorter(one, other) : rank > 0;
}
