import { type ForeignText, printable } from '../kernel/foreign-text.ts';
import type { Place } from '../kernel/place.ts';
import { headroomText } from '../format/headroom.ts';
import { formatCount } from '../format/units.ts';
import type { GroupModel } from '../model/group-model.ts';
import type { Model } from '../model/model.ts';
import { comparePlaces } from '../model/places.ts';
import { type Column, inColumns } from './columns.ts';
import { placeDocument, rounded } from './document.ts';

/** Names and version of the document that `namespacesDocument` makes. */
const SCHEMA = 'ephtop.namespaces/1';

/** A network namespace, and what was seen of its sockets. */
export interface SeenNamespace {
  readonly place: Place;
  /** Its processes, ascending. */
  readonly pids: readonly number[];
  /** Where it is mounted; undefined: nowhere that is seen. */
  readonly mountPath: ForeignText | undefined;
  /** Undefined: its sockets cannot be read. */
  readonly model: Model | undefined;
  /** True if its sysctls cannot be read, so that the kernel's defaults are assumed. */
  readonly isAssumed: boolean;
}

/** Namespaces with the worst group first, then those with the most connections; those that cannot be read come last. */
export function worstNamespacesFirst(namespaces: readonly SeenNamespace[]): SeenNamespace[] {
  return namespaces.toSorted(
    (a, b) => compareWorst(a.model, b.model) || connectionsOf(b.model) - connectionsOf(a.model),
  );
}

function compareWorst(a: Model | undefined, b: Model | undefined): number {
  if (a === undefined || b === undefined) return Number(a === undefined) - Number(b === undefined);
  return comparePlaces(a, b);
}

/** Outgoing connections, TIME_WAIT among them. */
function connectionsOf(model: Model | undefined): number {
  if (model === undefined) return -1;
  const counts = model.groups.flatMap(({ byState }) => Object.values(byState));
  return counts.reduce((sum, count) => sum + count, model.sample.remainder.sockets);
}

/** The namespaces as a JSON document; names, meanings and units are a promise to scripts. */
export function namespacesDocument(
  namespaces: readonly SeenNamespace[],
  takenAtMs: number,
  warnings: readonly string[],
) {
  return {
    schema: SCHEMA,
    takenAt: new Date(takenAtMs).toISOString(),
    warnings,
    namespaces: namespaces.map(namespaceDocument),
  };
}

function namespaceDocument({ place, pids, mountPath, model, isAssumed }: SeenNamespace) {
  const { low, high, size, usable } = model?.sample.portSpace ?? {};
  return {
    place: placeDocument(place),
    processes: pids.length,
    // null: it has none.
    pid: pids[0] ?? null,
    mountPath: mountPath ?? null,
    // null, here and below: it cannot be read.
    connections: model === undefined ? null : connectionsOf(model),
    portSpace: model === undefined ? null : { low, high, size, usable, assumed: isAssumed },
    worst: model?.worst === undefined ? null : worstDocument(model.worst),
  };
}

function worstDocument(group: GroupModel) {
  return {
    group: group.label,
    severity: group.severity,
    usable: group.usable,
    used: group.used,
    free: group.free,
    freeAtLeast: group.freeAtLeast,
    headroomPercent: rounded(group.headroomPercent),
  };
}

const COLUMNS: readonly Column<SeenNamespace>[] = [
  { title: 'NAMESPACE', text: ({ place }) => printable(place.name), align: 'left' },
  { title: 'PROCESSES', text: ({ pids }) => formatCount(pids.length), align: 'right' },
  {
    title: 'CONNECTIONS',
    text: ({ model }) => (model === undefined ? '?' : formatCount(connectionsOf(model))),
    align: 'right',
  },
  { title: 'RANGE', text: rangeText, align: 'left' },
  {
    title: 'HEADROOM',
    text: ({ model }) => (model?.worst === undefined ? '' : headroomText(model.worst)),
    align: 'right',
  },
  { title: 'FULLEST GROUP', text: ({ model }) => model?.worst?.label ?? '', align: 'left' },
];

function rangeText({ model, isAssumed }: SeenNamespace): string {
  if (model === undefined) return '?';
  const { low, high } = model.sample.portSpace;
  return `${low}–${high}${isAssumed ? ' assumed' : ''}`;
}

/**
 * The namespaces as lines of plain text. No escape codes. `written` makes of a text what is shown of it, before columns
 * are measured.
 */
export function namespacesTable(
  namespaces: readonly SeenNamespace[],
  written = (text: string) => text,
): string {
  const lines = inColumns(COLUMNS, namespaces, written);
  return lines.map((line) => line.trimEnd()).join('\n');
}
