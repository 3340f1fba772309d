import { SEVERITY_LIMITS } from '../src/model/severity.ts';
import { EXPORTER_JOB, headroom, INSTANCE_LABELS, judgedHeadroom } from './queries.ts';

/** Who is to look, and when: `critical` now, `warning` today. */
type Severity = 'critical' | 'warning';

/** An alert as Prometheus has it. */
export interface AlertRule {
  readonly alert: string;
  readonly expr: string;
  /** How long the expression must hold. */
  readonly for: string;
  readonly labels: { readonly severity: Severity };
  readonly annotations: { readonly summary: string; readonly description: string };
}

/** Share of usable ports that is free, 0 to 1, below which the program itself warns. */
export const headroomLimit = (severity: Severity): number =>
  (100 - SEVERITY_LIMITS[severity].usedPercent) / 100;
/** Prometheus gives a scrape 10 s, the exporter itself 9 s; a healthy one takes 0.01 to 0.2 s. */
const SLOW_SECONDS = 1;
/** Groups are hidden that may matter where the emptiest of those that are shown has less headroom than this. */
const HIDDEN_HEADROOM = 0.5;
/** Refusals raise an alert for so long. */
const REFUSALS_SECONDS = 300;
/** A timer writes the textfile each minute, or oftener. */
const STALE_SECONDS = 300;

const MACHINE = '{{ $labels.instance }}';
const GROUP =
  '{{ $labels.local_address }} to {{ $labels.remote_address }} port {{ $labels.remote_port }}';

/** What somebody who is woken looks at first. */
const LOOK = 'Run `ephtop` there: it says what uses the ports, and what helps.';

/** Every alert of the file. */
export const ALERTS: readonly AlertRule[] = [
  portsNearlyUsed('warning', '5m'),
  portsNearlyUsed('critical', '1m'),
  exhaustionSoon('warning', '1m'),
  // A burst that is over at the next scrape wakes nobody.
  exhaustionSoon('critical', '30s'),
  {
    alert: 'EphtopConnectFailures',
    expr: [
      'increase(ephtop_connect_failures_total[5m]) > 0',
      // The series of a group that is new begins where its refusals have brought it, which is no increase.
      `or on (${INSTANCE_LABELS}) increase(ephtop_machine_connect_failures_total[5m]) > 0`,
      // As may that of a machine whose exporter is new.
      `or on (${INSTANCE_LABELS}) (ephtop_machine_connect_failures_total > 0 and on (${INSTANCE_LABELS}) time() - process_start_time_seconds < ${REFUSALS_SECONDS})`,
    ].join(' '),
    for: '0s',
    labels: { severity: 'critical' },
    annotations: {
      summary: `connect() fails for want of a port on ${MACHINE}.`,
      description: `About {{ $value | printf "%.0f" }} connect() calls{{ if $labels.remote_address }} from ${GROUP}{{ end }} were refused on ${MACHINE} in the last 5 minutes (EADDRNOTAVAIL). ${LOOK}`,
    },
  },
  {
    alert: 'EphtopExporterDown',
    expr: `up{job="${EXPORTER_JOB}"} == 0`,
    for: '5m',
    labels: { severity: 'warning' },
    annotations: {
      summary: `The ephtop exporter on ${MACHINE} cannot be scraped.`,
      description: `Prometheus has had no answer from ${MACHINE} for 5 minutes. Ports may run out there unseen.`,
    },
  },
  {
    alert: 'EphtopAbsent',
    expr: 'absent(ephtop_up)',
    for: '10m',
    labels: { severity: 'warning' },
    annotations: {
      summary: 'No machine reports its ephemeral ports.',
      description:
        'There has been no metric of ephtop for 10 minutes: no target is known, or none answers.',
    },
  },
  {
    alert: 'EphtopCannotReadKernel',
    expr: 'ephtop_up == 0',
    for: '5m',
    labels: { severity: 'warning' },
    annotations: {
      summary: `ephtop on ${MACHINE} cannot read the kernel.`,
      description: `The exporter on ${MACHINE} answers, but has had no metrics of ports for 5 minutes. Its log says why.`,
    },
  },
  {
    alert: 'EphtopSamplePartial',
    expr: 'ephtop_sample_partial == 1',
    for: '10m',
    labels: { severity: 'warning' },
    annotations: {
      summary: `ephtop on ${MACHINE} does not see all sockets.`,
      description: `Some sockets, or all of IPv4 or IPv6, could not be read on ${MACHINE} for 10 minutes. Ports that they use count as free.`,
    },
  },
  {
    alert: 'EphtopTextfileStale',
    expr: `time() - node_textfile_mtime_seconds{file=~".*ephtop.*"} > ${STALE_SECONDS}`,
    for: '0s',
    labels: { severity: 'warning' },
    annotations: {
      summary: `The ephtop metrics of ${MACHINE} are old.`,
      description: `{{ $labels.file }} on ${MACHINE} was written {{ $value | humanizeDuration }} ago: node_exporter goes on to serve what it says. Look at what runs \`ephtop snapshot\`.`,
    },
  },
  {
    alert: 'EphtopGroupsNotExported',
    expr: `ephtop_groups_not_exported > 0 and on (${INSTANCE_LABELS}) max by (${INSTANCE_LABELS}) (${headroom()}) < ${HIDDEN_HEADROOM}`,
    for: '15m',
    labels: { severity: 'warning' },
    annotations: {
      summary: `ephtop on ${MACHINE} has groups near their limit without series.`,
      description: `Groups on ${MACHINE} that are only part of the sum "other": {{ $value }}. Even the emptiest of those with series has used half of its ports. Raise --max-groups.`,
    },
  },
  {
    alert: 'EphtopSamplingSlow',
    expr: `ephtop_sample_duration_seconds > ${SLOW_SECONDS}`,
    for: '10m',
    labels: { severity: 'warning' },
    annotations: {
      summary: `Reading the sockets of ${MACHINE} takes long.`,
      description: `A reading of the kernel on ${MACHINE} has taken {{ $value | humanizeDuration }}. Scrapes fail from 9 s on. Scrape it less often, and look at the number of its sockets.`,
    },
  },
];

function portsNearlyUsed(severity: Severity, holds: string): AlertRule {
  return {
    alert: 'EphtopPortsNearlyUsed',
    expr: `${judgedHeadroom()} < ${headroomLimit(severity)}`,
    for: holds,
    labels: { severity },
    annotations: {
      summary: `Ephemeral ports on ${MACHINE} are nearly used up.`,
      description: `Only {{ $value | humanizePercentage }} of the ports from ${GROUP} are free on ${MACHINE}. ${LOOK}`,
    },
  };
}

function exhaustionSoon(severity: Severity, holds: string): AlertRule {
  return {
    alert: 'EphtopExhaustionSoon',
    expr: `ephtop_exhaustion_eta_seconds < ${SEVERITY_LIMITS[severity].etaSeconds}`,
    for: holds,
    labels: { severity },
    annotations: {
      summary: `Ephemeral ports on ${MACHINE} run out soon.`,
      description: `From ${GROUP} no port is left on ${MACHINE} in {{ $value | humanizeDuration }} at the present rate. ${LOOK}`,
    },
  };
}
