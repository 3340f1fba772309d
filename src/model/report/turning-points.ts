import { type ForeignText, rawText } from '../../kernel/foreign-text.ts';
import { SYSCTL_NAMES, type SysctlName } from '../../kernel/sysctl.ts';
import type { GroupModel } from '../group-model.ts';
import { isDry } from './group-courses.ts';
import { type Level, type Look, lookAt, wasOut } from './levels.ts';
import type { Model } from '../model.ts';
import type { Sample } from '../sample/sample.ts';

/** What a turning point may be, from what weighs least. */
export const TURNING_KINDS = [
  'sysctl',
  'over',
  'warning',
  'critical',
  'recovery',
  'refusal',
  'exhaustion',
] as const;

export type TurningKind = (typeof TURNING_KINDS)[number];

/** A moment at which things turned. */
export interface TurningPoint {
  readonly kind: TurningKind;
  /** Number of its sample in the recording. */
  readonly index: number;
  /** Unix time in ms of that sample. */
  readonly atMs: number;
  /** The group that is meant; undefined: a sysctl, or the end of what several groups had. */
  readonly label?: string | undefined;
  /** The place where it happened; left out where there is one only. */
  readonly place?: string;
  /** `again`: in the same incident. `at start`: the first sample has it. `before start`: it was over by then. */
  readonly when?: 'again' | 'at start' | 'before start' | undefined;
  /** True if samples just before it are missing, so that it may have been earlier. */
  readonly isAfterGap?: true;
  /** Of a sysctl: what changed. null: the kernel has none of this name, or hides it. */
  readonly change?: SysctlChange;
}

/** A sysctl that changed between two samples. */
export interface SysctlChange {
  readonly name: SysctlName;
  readonly from: ForeignText | null;
  readonly to: ForeignText | null;
}

/** Some minutes in which ports were critically short, from the first warning to calm. A warning alone is none. */
export interface Incident {
  /** True if it had begun before the first sample. */
  readonly isFromBefore: boolean;
  /** Unix ms of the first sample with a warning, and of the first one that is calm; undefined: it went on at the end. */
  readonly sinceMs: number;
  readonly untilMs: number | undefined;
  /** In the order of time. */
  readonly points: readonly TurningPoint[];
}

/** Room for so long after ports had run out is a recovery: TIME_WAIT comes back in lots, about every two seconds. */
export const RECOVERED_MS = 10_000;
/** An incident is over after so long without a warning, as an episode without ports is (limit-memory). */
export const CALM_MS = 60_000;
/** Of one recording; beyond that, nobody goes from one to the next. */
const MOST_POINTS = 1000;

/** A time of warnings that is being seen. */
interface Ongoing {
  readonly sinceMs: number;
  readonly isFromBefore: boolean;
  readonly points: TurningPoint[];
  /** Points that have been told, with their groups, and have not ended since. */
  readonly told: Map<TurningKind, string>;
  /** Kinds that have been told before, so that they come again. */
  readonly known: Set<TurningKind>;
  /** Groups that have had a warning, and that have been out of ports, since the last end of it. */
  readonly bad: Set<string>;
  readonly out: Set<string>;
  worst: Level;
  /** Since when no group has been at its limit: only a while later is it known that this was no lot of TIME_WAIT. */
  room: At | undefined;
  /** Since when it has been better, and since when there has been no warning. */
  better: At | undefined;
  calmMs: number | undefined;
  level: Level;
}

/** Finds turning points and incidents in models that follow each other. */
export class TurningPoints {
  readonly #points: TurningPoint[] = [];
  readonly #incidents: Incident[] = [];
  readonly #refused = new Map<string, number>();
  #ongoing: Ongoing | undefined;
  #before: Sample | undefined;

  /** Takes the model of the next sample that is looked at, and the sample's number; `isAfterGap`: some before it are missing. */
  push(model: Model, index: number, isAfterGap = false): void {
    const { takenAtMs } = model.sample;
    const at: At = { index, atMs: takenAtMs, ...(isAfterGap && { isAfterGap }) };
    const isFirst = this.#before === undefined;
    this.#watchSysctls(model.sample, at);
    const refused = this.#refusedGroup(model);
    const look = lookAt(model, refused);
    if (isFirst && look.level < 3) {
      const label = wasOut(model)?.label;
      if (label !== undefined)
        this.#add({ kind: 'exhaustion', ...at, label, when: 'before start' });
    }
    if (look.level > 0) this.#ongoing ??= newIncident(takenAtMs, isFirst);
    const incident = this.#ongoing;
    if (incident !== undefined) {
      if (isFirst) this.#find(incident, look, at);
      else this.#reach(incident, { ...look, refused }, at);
      const isAtLimit = model.groups.some((each) => isDry(each, takenAtMs));
      this.#settle(incident, look.level, isAtLimit, at);
    }
    this.#before = model.sample;
  }

  /** All points, in the order of time. */
  get points(): readonly TurningPoint[] {
    return this.#points;
  }

  /** All incidents. The last one goes on, unless there has been no warning for as long as a recovery takes. */
  get incidents(): readonly Incident[] {
    if (this.#ongoing === undefined || this.#ongoing.worst < 2) return this.#incidents;
    const { calmMs } = this.#ongoing;
    const isOver = (this.#before?.takenAtMs ?? 0) - (calmMs ?? Infinity) >= RECOVERED_MS;
    return [...this.#incidents, incidentOf(this.#ongoing, isOver ? calmMs : undefined)];
  }

  #watchSysctls({ sysctls }: Sample, at: At): void {
    const before = this.#before?.sysctls;
    if (before === undefined) return;
    for (const name of SYSCTL_NAMES) {
      const change = { name, from: before[name], to: sysctls[name] };
      if (rawText(change.from ?? '') === rawText(change.to ?? '')) continue;
      this.#add({ kind: 'sysctl', ...at, change });
    }
  }

  /** The group that connect() was refused for since the last look, the most often; undefined: none, or not seen. */
  #refusedGroup({ groups }: Model): GroupModel | undefined {
    let most: GroupModel | undefined;
    let mostCalls = 0;
    for (const group of groups) {
      const { key, connectFailures } = group;
      if (connectFailures === undefined) continue;
      const before = this.#refused.get(key) ?? 0;
      if (connectFailures.total > 0) this.#refused.set(key, connectFailures.total);
      // What was refused before the recording began did not happen in it.
      const calls = this.#before === undefined ? 0 : connectFailures.total - before;
      if (calls > mostCalls) [most, mostCalls] = [group, calls];
    }
    return most;
  }

  /** What the first sample has began before it, in an order that nobody knows: its weightiest is told. */
  #find(incident: Ongoing, look: Look, at: At): void {
    const kinds = ['warning', 'critical', 'exhaustion'] as const;
    const label = look.groups[0]?.label ?? '';
    for (const kind of kinds.slice(0, look.level)) {
      incident.told.set(kind, label);
      incident.known.add(kind);
    }
    const kind = kinds[look.level - 1];
    if (kind !== undefined) this.#add({ kind, ...at, label, when: 'at start' }, incident);
    remember(incident, look);
  }

  #reach(
    incident: Ongoing,
    { refused, ...look }: Look & { readonly refused: GroupModel | undefined },
    at: At,
  ): void {
    const { level, groups } = look;
    const [group] = groups;
    const dry = level === 3 ? groups.find((each) => isDry(each, at.atMs)) : undefined;
    const kinds: readonly [TurningKind, GroupModel | undefined][] = [
      ['warning', level >= 1 ? group : undefined],
      ['critical', level >= 2 ? group : undefined],
      ['refusal', refused],
      ['exhaustion', refused ?? dry],
    ];
    for (const [kind, found] of kinds) {
      if (found === undefined || incident.told.has(kind)) continue;
      const when = incident.known.has(kind) ? 'again' : undefined;
      incident.told.set(kind, found.label);
      incident.known.add(kind);
      this.#add({ kind, ...at, label: found.label, ...(when !== undefined && { when }) }, incident);
    }
    remember(incident, look);
  }

  /** Notices that it has become better, and that it is over. */
  #settle(incident: Ongoing, level: Level, isAtLimit: boolean, now: At): void {
    const { atMs } = now;
    if (isAtLimit) incident.room = undefined;
    else incident.room ??= now;
    // What was not yet known to be over ended when there was room.
    const since = incident.level === 3 && level < 3 ? (incident.room ?? now) : now;
    incident.level = level;
    // Of what was out of ports, room is a recovery; of what only was near, calm is.
    const isOut = incident.out.size > 0;
    const isBetter = isOut ? level < 3 : level === 0 && incident.bad.size > 0;
    if (!isBetter) incident.better = undefined;
    else incident.better ??= since;
    const { better } = incident;
    if (better !== undefined && atMs - better.atMs >= RECOVERED_MS) {
      this.#end(incident, isOut ? 'recovery' : 'over', better);
      incident.better = undefined;
    }
    if (level > 0) incident.calmMs = undefined;
    else incident.calmMs ??= since.atMs;
    if (incident.calmMs === undefined || atMs - incident.calmMs < CALM_MS) return;
    if (incident.worst >= 2) this.#incidents.push(incidentOf(incident, incident.calmMs));
    this.#ongoing = undefined;
  }

  /** Tells of an end, of the group that the beginning was told of. What ended may begin again. */
  #end(incident: Ongoing, kind: 'recovery' | 'over', at: At): void {
    const { told, bad, out, level } = incident;
    const begun = told.get(kind === 'recovery' ? 'exhaustion' : 'warning');
    const ended = kind === 'recovery' ? out : bad;
    const isOne = ended.size === 1 && begun !== undefined && ended.has(begun);
    this.#add({ kind, ...at, label: isOne ? begun : undefined }, incident);
    out.clear();
    bad.clear();
    for (const each of ['refusal', 'exhaustion'] as const) told.delete(each);
    if (level === 0) for (const each of ['warning', 'critical'] as const) told.delete(each);
  }

  #add(point: TurningPoint, incident?: Ongoing): void {
    if (this.#points.length >= MOST_POINTS) return;
    // A recovery is known only a while later.
    const at = this.#points.findLastIndex(({ index }) => index <= point.index) + 1;
    this.#points.splice(at, 0, point);
    incident?.points.push(point);
  }
}

type At = Pick<TurningPoint, 'index' | 'atMs' | 'isAfterGap'>;

function newIncident(sinceMs: number, isFromBefore: boolean): Ongoing {
  return {
    sinceMs,
    isFromBefore,
    points: [],
    told: new Map(),
    known: new Set(),
    bad: new Set(),
    out: new Set(),
    worst: 0,
    room: undefined,
    better: undefined,
    calmMs: undefined,
    level: 0,
  };
}

function remember(incident: Ongoing, { level, groups }: Look): void {
  for (const { label } of groups) {
    incident.bad.add(label);
    if (level === 3) incident.out.add(label);
  }
  if (level > incident.worst) incident.worst = level;
}

function incidentOf(
  { sinceMs, isFromBefore, points }: Ongoing,
  untilMs: number | undefined,
): Incident {
  return { sinceMs, untilMs, isFromBefore, points };
}
