import type { Model } from '../model.ts';
import { ModelStream } from '../model-stream.ts';
import type { Sample } from '../sample/sample.ts';
import { severityRank } from '../severity.ts';
import { type FollowedCourse, FollowedCourses } from './followed-courses.ts';
import { type GroupCourse, GroupCourses, isShorter } from './group-courses.ts';
import { type Incident, type TurningPoint, TurningPoints } from './turning-points.ts';

/** What happened in a recording. */
export interface RecordingReport {
  readonly first: Sample;
  readonly last: Sample;
  /** Samples in the recording, and those of them that were looked at. */
  readonly samples: number;
  readonly looks: number;
  /** True if samples were left out because there are so many; what is damaged is left out in any case. */
  readonly isThinned: boolean;
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

/** What the recorder could not see. */
export interface Unseen {
  /** Times without a sample, Unix ms. */
  readonly gaps: readonly { readonly fromMs: number; readonly toMs: number }[];
  /** Sentences of the recorder, safe to print, each with the time of the first sample that has it; at most `MOST_NOTES`. */
  readonly notes: readonly { readonly atMs: number; readonly text: string }[];
  /** The most groups that were only summed up, and processes whose files could not be read. */
  readonly remainderGroups: number;
  readonly ownersUnseen: number;
  /** A sentence on what cannot be read of the file. */
  readonly damage: string | undefined;
}

const MOST_GROUPS = 5;
const MOST_NOTES = 20;
/** So long without a sample is a gap: or else three times the interval. */
const GAP_MS = 10_000;
const MOST_GAPS = 50;

/** Makes a report of samples that follow each other. */
export class ReportBuilder {
  readonly #stream = new ModelStream();
  readonly #points = new TurningPoints();
  readonly #courses: GroupCourses;
  readonly #notes = new Map<string, number>();
  readonly #gaps: { fromMs: number; toMs: number }[] = [];
  readonly #followed = new FollowedCourses();
  #first: Sample | undefined;
  #last: Sample | undefined;
  #worst: Model | undefined;
  #warned: Model | undefined;
  #looks = 0;
  #remainderGroups = 0;
  #ownersUnseen = 0;

  /** Of a recording that begins at a Unix time in ms, and is so long. */
  constructor(fromMs: number, durationMs: number) {
    this.#courses = new GroupCourses(fromMs, durationMs);
  }

  /** Takes the next sample that is looked at, and its number in the recording. */
  push(sample: Sample, index: number): void {
    const model = this.#stream.next(sample);
    this.#points.push(model, index);
    this.#courses.push(model);
    this.#note(sample);
    this.#followed.push(model);
    if (this.#worst === undefined || isWorseMoment(model, this.#worst)) this.#worst = model;
    if (this.#warned === undefined && this.#points.points.some(isWarning)) this.#warned = model;
    this.#first ??= sample;
    this.#last = sample;
    this.#looks++;
  }

  /** The report on a recording of so many samples; `isThinned`: not all were pushed that can be read. Throws RangeError if no sample was taken. */
  build(samples: number, damage: string | undefined, isThinned = false): RecordingReport {
    const [first, last, worst] = [this.#first, this.#last, this.#worst];
    if (first === undefined || last === undefined || worst === undefined)
      throw new RangeError('a report needs a sample');
    return {
      first,
      last,
      samples,
      looks: this.#looks,
      isThinned,
      points: this.#points.points,
      incidents: this.#points.incidents,
      worst,
      warned: this.#warned,
      groups: this.#courses.worst(MOST_GROUPS),
      refused: this.#courses.refused,
      followed: this.#followed.all,
      unseen: {
        gaps: this.#gaps,
        notes: [...this.#notes].map(([text, atMs]) => ({ text, atMs })),
        remainderGroups: this.#remainderGroups,
        ownersUnseen: this.#ownersUnseen,
        damage,
      },
    };
  }

  #note(sample: Sample): void {
    const { sampling, takenAtMs, remainder } = sample;
    const { warnings, fallback, refusalsUnseen, ownersHidden, pacing } = sampling;
    for (const text of [refusalsUnseen, fallback, ownersHidden, ...warnings])
      if (text !== undefined && this.#notes.size < MOST_NOTES && !this.#notes.has(text))
        this.#notes.set(text, takenAtMs);
    this.#remainderGroups = Math.max(this.#remainderGroups, remainder.groups);
    this.#ownersUnseen = Math.max(this.#ownersUnseen, sampling.ownersUnseen);
    const before = this.#last?.takenAtMs ?? takenAtMs;
    const isGap = takenAtMs - before > Math.max(GAP_MS, 3 * (pacing?.intervalMs ?? 0));
    if (isGap && this.#gaps.length < MOST_GAPS)
      this.#gaps.push({ fromMs: before, toMs: takenAtMs });
  }
}

function isWarning({ kind, when }: TurningPoint): boolean {
  return kind !== 'sysctl' && when !== 'before start';
}

/** True if ports were shorter: by severity, and by what the worst group had left. */
function isWorseMoment({ worst: one }: Model, { worst: other }: Model): boolean {
  if (one === undefined || other === undefined) return one !== undefined;
  const rank = severityRank(one.severity) - severityRank(other.severity);
  return rank === 0 ? isShorter(one, other) : rank > 0;
}
