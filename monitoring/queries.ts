/** The PromQL that rules and dashboards share. */

/** The labels that tell the groups of one machine apart. `device` is missing on most. */
export const GROUP_LABELS = 'local_address, remote_address, remote_port, device';

/** The labels that a fleet is summed up by. Prometheus takes `cluster` as empty where nobody has set it. */
export const FLEET_LABELS = 'cluster, job';

/** The labels of a machine. */
export const INSTANCE_LABELS = `${FLEET_LABELS}, instance`;

/** The labels of a destination, whichever machine connects to it. */
export const UPSTREAM_LABELS = `${FLEET_LABELS}, remote_address, remote_port`;

/** Matches groups with series of their own: "other" is many groups, of which one may be out of ports. */
export const SINGLE_GROUPS = 'remote_address!="other"';

/** The job of the exporter in Prometheus' configuration; only the alert about a scrape that fails needs to know it. */
export const EXPORTER_JOB = 'ephtop';

/** A metric with label matchers; empty ones are left out. */
export function select(metric: string, ...matchers: readonly string[]): string {
  const given = matchers.filter((matcher) => matcher !== '');
  return given.length === 0 ? metric : `${metric}{${given.join(', ')}}`;
}

/**
 * The share of usable ports that is certainly free, 0 to 1, of each group. A group without a usable port has none: 0, not
 * the NaN of 0 / 0, which would be neither below nor above any limit.
 */
export function headroom(...matchers: readonly string[]): string {
  const of = (metric: string) => select(metric, SINGLE_GROUPS, ...matchers);
  const usable = of('ephtop_ephemeral_ports_usable');
  return `${of('ephtop_ephemeral_ports_free_at_least')} / clamp_min(${usable}, 1)`;
}

/** The same as the program judges it. Metrics of before have what is certainly free only. */
export function judgedHeadroom(): string {
  return `(${select('ephtop_headroom_judged_ratio', SINGLE_GROUPS)} or ${headroom()})`;
}

/** Names of the recorded series: level, metric, operations. */
export const RECORDED = {
  instanceHeadroom: 'instance:ephtop_ephemeral_ports_free_at_least:ratio_min',
  instanceEta: 'instance:ephtop_exhaustion_eta_seconds:min',
  instanceRefusals: 'instance:ephtop_connect_failures:rate5m',
  upstreamHeadroom: 'upstream:ephtop_ephemeral_ports_free_at_least:ratio_min',
  upstreamEta: 'upstream:ephtop_exhaustion_eta_seconds:min',
  upstreamRefusals: 'upstream:ephtop_connect_failures:rate5m',
  jobHeadroom: 'job:ephtop_ephemeral_ports_free_at_least:ratio_min',
  jobRefusals: 'job:ephtop_connect_failures:rate5m',
} as const;
