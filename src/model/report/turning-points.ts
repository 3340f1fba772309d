import { type ForeignText, rawText } from '../../kernel/foreign-text.ts';
import { SYSCTL_NAMES, type SysctlName } from '../../kernel/sysctl.ts';
import type { GroupModel } from '../group-model.ts';
import { isDry } from './group-courses.ts';
import type { Model } from '../model.ts';
import type { Sample } from '../sample/sample.ts';
import { SEVERITY_LIMITS } from '../severity.ts';

/** What a turning point may be, from what weighs least. */
export const TURNING_KINDS = [
  'sysctl',
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
  /** The group that is meant; undefined: a sysctl, or the group has gone. */
  readonly label?: string | undefined;
  /** The place where it happened; left out where there is one only. */
  readonly place?: string;
  /** Of a sysctl: what changed. null: the kernel has none of this name, or hides it. */
  readonly change?: SysctlChange;
}

/** A sysctl that changed between two samples. */
export interface SysctlChange {
  readonly name: SysctlName;
  readonly from: ForeignText | null;
  readonly to: ForeignText | null;
}

/** Some minutes in which ports were short, from the first warning to calm. */
export interface Incident {
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

/** How bad a model is, from 0 (all is well) to 3 (out of ports, or refused). */
type Level = 0 | 1 | 2 | 3;

interface Calm {
  readonly sinceMs: number;
  readonly index: number;
  /** The incident's last bad group. */
  readonly label: string | undefined;
}

/** An incident that is being seen. */
interface Ongoing {
  readonly sinceMs: number;
  readonly points: TurningPoint[];
  /** Kinds that have been reached, since the last recovery where they may come again. */
  readonly reached: Set<TurningKind>;
  worst: Level;
  label: string | undefined;
  /** Since when no group has been at its limit: only a while later is it known that this was no lot of TIME_WAIT. */
  room: Calm | undefined;
  /** Since when it has been better than its worst, and since when there has been no warning. */
  better: Calm | undefined;
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

  /** Takes the model of the next sample that is looked at, and the sample's number. */
  push(model: Model, index: number): void {
    const { takenAtMs } = model.sample;
    this.#watchSysctls(model.sample, index);
    const refused = this.#refusedGroup(model);
    const [level, group] = levelOf(model, refused);
    if (level > 0) this.#ongoing ??= newIncident(takenAtMs);
    const incident = this.#ongoing;
    if (incident !== undefined) {
      this.#reach(incident, { level, group, refused }, { index, atMs: takenAtMs });
      const isAtLimit = model.groups.some((each) => isDry(each, takenAtMs));
      this.#settle(incident, level, isAtLimit, { index, atMs: takenAtMs });
    }
    this.#before = model.sample;
  }

  /** All points, in the order of time. */
  get points(): readonly TurningPoint[] {
    return this.#points;
  }

  /** All incidents. The last one goes on, unless there has been no warning for as long as a recovery takes. */
  get incidents(): readonly Incident[] {
    if (this.#ongoing === undefined) return this.#incidents;
    const { sinceMs, points, calmMs } = this.#ongoing;
    const isOver = (this.#before?.takenAtMs ?? 0) - (calmMs ?? Infinity) >= RECOVERED_MS;
    return [...this.#incidents, { sinceMs, untilMs: isOver ? calmMs : undefined, points }];
  }

  #watchSysctls({ sysctls, takenAtMs }: Sample, index: number): void {
    const before = this.#before?.sysctls;
    if (before === undefined) return;
    for (const name of SYSCTL_NAMES) {
      const change = { name, from: before[name], to: sysctls[name] };
      if (rawText(change.from ?? '') === rawText(change.to ?? '')) continue;
      this.#add({ kind: 'sysctl', index, atMs: takenAtMs, change });
    }
  }

  /** The group that connect() was refused for since the last look, the most often; undefined: none, or not seen. */
  #refusedGroup({ groups }: Model): GroupModel | undefined {
    let most: GroupModel | undefined;
    let mostCalls = 0;
    for (const group of groups) {
      const { key, connectFailures } = group;
      if (connectFailures === undefined) continue;
      const isFirst = this.#before === undefined;
      const before = this.#refused.get(key) ?? 0;
      if (connectFailures.total > 0) this.#refused.set(key, connectFailures.total);
      // What was refused before the recording began did not happen in it.
      const calls = isFirst ? connectFailures.perSecond : connectFailures.total - before;
      if (calls > mostCalls) [most, mostCalls] = [group, calls];
    }
    return most;
  }

  #reach(
    incident: Ongoing,
    {
      level,
      group,
      refused,
    }: {
      readonly level: Level;
      readonly group: GroupModel | undefined;
      readonly refused: GroupModel | undefined;
    },
    at: Pick<TurningPoint, 'index' | 'atMs'>,
  ): void {
    const dry = level === 3 && group !== undefined && group.free <= 0 ? group : undefined;
    const kinds: readonly [TurningKind, GroupModel | undefined][] = [
      ['warning', level >= 1 ? group : undefined],
      ['critical', level >= 2 ? group : undefined],
      ['refusal', refused],
      ['exhaustion', dry ?? refused],
    ];
    for (const [kind, found] of kinds) {
      if (found === undefined || incident.reached.has(kind)) continue;
      incident.reached.add(kind);
      this.#add({ kind, ...at, label: found.label }, incident);
    }
    if (group !== undefined) incident.label = group.label;
    if (level > incident.worst) incident.worst = level;
  }

  /** Notices that it has become better, and that it is over. */
  #settle(
    incident: Ongoing,
    level: Level,
    isAtLimit: boolean,
    { atMs, index }: Pick<TurningPoint, 'index' | 'atMs'>,
  ): void {
    const now = { sinceMs: atMs, index, label: incident.label };
    if (isAtLimit) incident.room = undefined;
    else incident.room ??= now;
    // What was not yet known to be over ended when there was room.
    const since = incident.level === 3 && level < 3 ? (incident.room ?? now) : now;
    incident.level = level;
    // Of what was out of ports, room is a recovery; of what only was near, calm is.
    const isBetter = incident.worst === 3 ? level < 3 : level === 0;
    if (!isBetter) incident.better = undefined;
    else incident.better ??= since;
    const { better } = incident;
    if (better !== undefined && atMs - better.sinceMs >= RECOVERED_MS) {
      if (!incident.reached.has('recovery')) {
        const { label } = better;
        this.#add({ kind: 'recovery', index: better.index, atMs: better.sinceMs, label }, incident);
        incident.reached.add('recovery');
        // Ports may run out again.
        for (const kind of ['refusal', 'exhaustion'] as const) incident.reached.delete(kind);
      }
    } else if (!isBetter) incident.reached.delete('recovery');
    if (level > 0) incident.calmMs = undefined;
    else incident.calmMs ??= since.sinceMs;
    if (incident.calmMs === undefined || atMs - incident.calmMs < CALM_MS) return;
    const { sinceMs, points, calmMs } = incident;
    this.#incidents.push({ sinceMs, untilMs: calmMs, points });
    this.#ongoing = undefined;
  }

  #add(point: TurningPoint, incident?: Ongoing): void {
    if (this.#points.length >= MOST_POINTS) return;
    // A recovery is known only a while later.
    const at = this.#points.findLastIndex(({ index }) => index <= point.index) + 1;
    this.#points.splice(at, 0, point);
    incident?.points.push(point);
  }
}

function newIncident(sinceMs: number): Ongoing {
  return {
    sinceMs,
    points: [],
    reached: new Set(),
    worst: 0,
    label: undefined,
    room: undefined,
    better: undefined,
    calmMs: undefined,
    level: 0,
  };
}

/** How bad it is, and the group that it is about. */
function levelOf(
  { groups }: Model,
  refused: GroupModel | undefined,
): readonly [Level, GroupModel?] {
  const dry = refused ?? groups.find(({ free, limit }) => free <= 0 || limit?.stage === 'dry');
  if (dry !== undefined) return [3, dry];
  const critical = groups.find((group) => group.severityNow === 'critical' && !isEcho(group));
  if (critical !== undefined) return [2, critical];
  const warned = groups.find((group) => group.severityNow === 'warning' && !isEcho(group));
  return warned === undefined ? [0] : [1, warned];
}

/** True if nothing but that ports had run out within the last minute makes a group a warning or critical. */
function isEcho({ limit, headroomPercentAtLeast, etaSeconds }: GroupModel): boolean {
  const { usedPercent, etaSeconds: soon } = SEVERITY_LIMITS.warning;
  const isFine = 100 - headroomPercentAtLeast < usedPercent && (etaSeconds ?? Infinity) > soon;
  return limit?.stage === 'recovering' && isFine;
}
