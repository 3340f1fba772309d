import {
  FLEET_LABELS,
  GROUP_LABELS,
  headroom,
  RECORDED,
  select,
  SINGLE_GROUPS,
  UPSTREAM_LABELS,
} from './queries.ts';

/** A series that Prometheus computes and keeps. */
export interface RecordingRule {
  readonly record: string;
  readonly expr: string;
}

/** What a fleet is looked at with: a few series a machine and a destination, instead of all groups of all machines. */
export const RECORDING_RULES: readonly RecordingRule[] = [
  rule('instanceHeadroom', `min without (${GROUP_LABELS}) (${headroom()})`),
  rule('instanceEta', `min without (${GROUP_LABELS}) (ephtop_exhaustion_eta_seconds)`),
  // Not the sum over groups: to Prometheus the counter of a new one has not risen.
  rule('instanceRefusals', 'rate(ephtop_machine_connect_failures_total[5m])'),
  rule('upstreamHeadroom', `min by (${UPSTREAM_LABELS}) (${headroom()})`),
  rule('upstreamEta', `min by (${UPSTREAM_LABELS}) (ephtop_exhaustion_eta_seconds)`),
  rule(
    'upstreamRefusals',
    `sum by (${UPSTREAM_LABELS}) (rate(${select('ephtop_connect_failures_total', SINGLE_GROUPS)}[5m]))`,
  ),
  // They follow those of machines: a group's rules are evaluated in their order.
  rule('jobHeadroom', `min by (${FLEET_LABELS}) (${RECORDED.instanceHeadroom})`),
  rule('jobRefusals', `sum by (${FLEET_LABELS}) (${RECORDED.instanceRefusals})`),
];

function rule(name: keyof typeof RECORDED, expr: string): RecordingRule {
  return { record: RECORDED[name], expr };
}
