import type { GroupModel } from '../model/group-model.ts';
import type { Model } from '../model/model.ts';
import type { FailureCounts } from './failure-counts.ts';
import { exposition, type Labels, type Series } from './exposition.ts';
import { type MetricName, METRICS } from './metrics-table.ts';
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
  const { sampling } = model.sample;
  return textOf({
    ephtop_up: one(1),
    ephtop_build_info: one(1, [
      ['version', context.version],
      ['source', sampling.source],
    ]),
    ...groupValues(model, context),
    ...machineValues(model),
    ...processValues(context.process),
  });
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

function groupValues(model: Model, { maxGroups, failureCounts }: MetricsContext): Values {
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

function processValues(process: ProcessFigures | undefined): Values {
  return {
    process_cpu_seconds_total: one(process?.cpuSeconds),
    process_resident_memory_bytes: one(process?.residentBytes),
    process_start_time_seconds: one(process?.startedAtSeconds),
  };
}
