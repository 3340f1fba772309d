import type { GroupModel } from '../model/group-model.ts';
import type { Model } from '../model/model.ts';
import { groupsOf, type LostPlace, type PlaceModels } from '../model/places.ts';
import { fullestFirst } from '../model/sample/tuple-group.ts';
import { distinctNames } from './place-names.ts';
import type { FailureCounts } from './failure-counts.ts';
import { exposition, type Labels, type Series } from './exposition.ts';
import { type MetricName, METRICS } from './metrics-table.ts';
import { judgedHeadroom } from '../model/judged-headroom.ts';
import { exportedGroups, ownersByCommand, type PortSums, sumsOf } from './exported-groups.ts';

/** What is known besides the model. */
export interface MetricsContext {
  readonly version: string;
  /** Groups with series of their own. */
  readonly maxGroups: number;
  /** Counts from scrape to scrape what is refused; undefined: there is one scrape. */
  readonly failureCounts?: FailureCounts;
  /** Of the exporter. */
  readonly process?: ProcessFigures;
}

/** What a process costs. */
export interface ProcessFigures {
  readonly cpuSeconds: number;
  readonly residentBytes: number;
  readonly startedAtSeconds: number;
}

/** Series by metric. */
type Values = Partial<Record<MetricName, readonly Series[]>>;

/** A model as metrics in Prometheus' text format. */
export function metricsText(model: Model, context: MetricsContext): string {
  return textOf({
    ephtop_up: one(1),
    ephtop_build_info: buildInfo([model], context),
    ...groupValues(model, context),
    ...machineValues(model),
    ...processValues(context.process),
  });
}

/** What is known besides the models of several places. */
export interface PlacesContext extends Omit<MetricsContext, 'failureCounts'> {
  /** Of each place by its id: see `MetricsContext`. */
  readonly failureCounts?: (placeId: string) => FailureCounts;
}

/**
 * The models of several places as metrics with a `place` label; a single one as `metricsText` has it. The groups with
 * series of their own are the fullest of all places.
 */
export function placesMetricsText(
  models: PlaceModels,
  lost: readonly LostPlace[],
  { failureCounts, ...context }: PlacesContext,
): string {
  const countsOf = ({ sample }: Model) => {
    const counts = failureCounts?.(sample.place.id);
    return counts === undefined ? {} : { failureCounts: counts };
  };
  const [only, ...others] = models;
  if (only !== undefined && others.length + lost.length === 0)
    return metricsText(only, { ...context, ...countsOf(only) });
  const names = distinctNames(models.map(({ sample }) => sample.place));
  const nameOf = ({ sample }: Model) => names.get(sample.place.id) ?? '';
  const fullest = groupsOf(models).toSorted(fullestFirst).slice(0, context.maxGroups);
  const shownOf = Map.groupBy(fullest, ({ place }) => place.id);
  const values: Partial<Record<MetricName, Series[]>> = {
    ephtop_up: one(1),
    ephtop_build_info: buildInfo(models, context),
    ephtop_place_up: [
      ...models.flatMap((model) => one(1, [['place', nameOf(model)]])),
      ...unlike(lost, new Set(names.values())).flatMap((name) => one(0, [['place', name]])),
    ],
    ...processValues(context.process),
  };
  for (const model of models) {
    const maxGroups = shownOf.get(model.sample.place.id)?.length ?? 0;
    const own = {
      ...groupValues(model, { ...context, ...countsOf(model), maxGroups }),
      ...machineValues(model),
    };
    for (const [name, series] of Object.entries(own) as [MetricName, readonly Series[]][]) {
      const all = (values[name] ??= []);
      for (const { labels, value } of series)
        all.push({ labels: [['place', nameOf(model)], ...labels], value });
    }
  }
  return textOf(values);
}

/** The names of places that cannot be read, each once, and none that another place has. */
function unlike(lost: readonly LostPlace[], names: ReadonlySet<string>): string[] {
  return [...new Set(lost.map(({ name }) => (names.has(name) ? `${name} (lost)` : name)))];
}

function buildInfo(models: PlaceModels, { version }: Pick<MetricsContext, 'version'>): Series[] {
  const sources = new Set(models.map(({ sample }) => sample.sampling.source));
  return [...sources].flatMap((source) =>
    one(1, [
      ['version', version],
      ['source', source],
    ]),
  );
}

/** The metrics when the kernel cannot be read. */
export function downText({
  version,
  process,
}: Pick<MetricsContext, 'version' | 'process'>): string {
  return textOf({
    ephtop_up: one(0),
    ephtop_build_info: one(1, [['version', version]]),
    ...processValues(process),
  });
}

function textOf(values: Values): string {
  return exposition(
    Object.entries(METRICS).map(
      ([name, metric]) => [{ name, ...metric }, values[name as MetricName] ?? []] as const,
    ),
  );
}

function one(value: number | undefined, labels: Labels = []): Series[] {
  return value === undefined ? [] : [{ labels, value }];
}

function groupValues(
  model: Model,
  { maxGroups, failureCounts }: Pick<MetricsContext, 'maxGroups' | 'failureCounts'>,
): Values {
  const { shown, others, otherSums } = exportedGroups(model, maxGroups);
  const failed = failureCounts?.count(shown, others);
  const isSeen = model.sample.sampling.refusalsUnseen === undefined;
  const rows: GroupRow[] = shown.map((group) => ({
    labels: labelsOf(group),
    sums: sumsOf(group),
    ...(group.etaSeconds !== null && { eta: group.etaSeconds }),
    ...(group.connectFailures && {
      failures: failed?.own.get(group.key) ?? group.connectFailures.total,
    }),
    owners: ownersByCommand([group]),
  }));
  if (otherSums !== undefined) {
    rows.push({
      labels: OTHER,
      sums: otherSums,
      ...(isSeen && failed && { failures: failed.others }),
      owners: ownersByCommand(others),
    });
  }
  const each = (value: (sums: PortSums) => number) =>
    rows.map(({ labels, sums }) => ({ labels, value: value(sums) }));
  return {
    ephtop_ephemeral_ports: rows.flatMap(({ labels, sums }) => [
      { labels: [...labels, ['state', 'used']], value: sums.used },
      { labels: [...labels, ['state', 'free']], value: sums.free },
    ]),
    ephtop_ephemeral_ports_usable: each(({ usable }) => usable),
    ephtop_ephemeral_ports_free_at_least: each(({ freeAtLeast }) => freeAtLeast),
    ephtop_headroom_judged_ratio: shown.map((group) => ({
      labels: labelsOf(group),
      value: judgedHeadroom(group) / 100,
    })),
    ephtop_ephemeral_ports_reusable: each(({ reusable }) => reusable),
    ephtop_time_wait_close_rate: each(({ closeRate }) => closeRate),
    ephtop_machine_connect_failures_total: one(isSeen ? failed?.all : undefined),
    ephtop_connect_failures_total: rows.flatMap(({ labels, failures }) => one(failures, labels)),
    ephtop_exhaustion_eta_seconds: rows.flatMap(({ labels, eta }) => one(eta, labels)),
    ephtop_owner_sockets: rows.flatMap(({ labels, owners }) =>
      owners.map(([command, value]) => ({ labels: [...labels, ['command', command]], value })),
    ),
    ephtop_groups: one(model.groups.length + model.sample.remainder.groups),
    ephtop_groups_not_exported: one(others.length + model.sample.remainder.groups),
  };
}

/** What the series of a group are made of, or those of all that have none of their own. */
interface GroupRow {
  readonly labels: Labels;
  readonly sums: PortSums;
  readonly eta?: number;
  readonly failures?: number;
  readonly owners: ReturnType<typeof ownersByCommand>;
}

function labelsOf({ localAddress, remoteAddress, remotePort, device }: GroupModel): Labels {
  return [
    ['local_address', localAddress],
    ['remote_address', remoteAddress],
    ['remote_port', String(remotePort)],
    ...(device === undefined ? [] : [['device', device] as const]),
  ];
}

/** No address and no port is called so. */
const OTHER: Labels = ['local_address', 'remote_address', 'remote_port'].map(
  (name) => [name, 'other'] as const,
);

function machineValues({ sample }: Model): Values {
  const { portSpace, counters, sampling, byState } = sample;
  return {
    ephtop_port_range_size: one(portSpace.size),
    ephtop_ports_reserved: one(portSpace.reserved),
    ephtop_ports_held: one(portSpace.held),
    ephtop_sockets: Object.entries(byState).map(([state, value]) => ({
      labels: [['state', state]],
      value,
    })),
    ephtop_active_opens_total: one(counters.activeOpens),
    ephtop_time_wait_reused_total: one(counters.timeWaitReused),
    ephtop_time_wait_overflow_total: one(counters.timeWaitOverflow),
    ephtop_connect_failures_visible: one(Number(sampling.refusalsUnseen === undefined)),
    ephtop_sample_partial: one(Number(sampling.isPartial === true)),
    ephtop_sample_warnings: one(sampling.warnings.length),
    ephtop_sample_duration_seconds: one(sampling.durationMs / 1000),
  };
}

function processValues(process: ProcessFigures | undefined): { [Name in MetricName]?: Series[] } {
  return {
    process_cpu_seconds_total: one(process?.cpuSeconds),
    process_resident_memory_bytes: one(process?.residentBytes),
    process_start_time_seconds: one(process?.startedAtSeconds),
  };
}
