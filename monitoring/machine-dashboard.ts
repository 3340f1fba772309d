import {
  type Dashboard,
  DashboardLinkBuilder,
  DashboardLinkType,
  RowBuilder,
} from '@grafana/grafana-foundation-sdk/dashboard';
import { MACHINE_UID } from './fleet-dashboard.ts';
import {
  chart,
  dashboard,
  ETA_COLORS,
  HEADROOM_COLORS,
  NONE_WANTED,
  ONE_WANTED,
  stat,
  table,
  variable,
} from './panels.ts';
import { GROUP_LABELS, headroom, select, SINGLE_GROUPS as SINGLE } from './queries.ts';

const HERE = 'job=~"$job", instance="$instance"';
const here = (metric: string, ...matchers: readonly string[]) => select(metric, HERE, ...matchers);
/** With the labels of a group and no others, so that one row of a table, or one line, is one group. */
const byGroup = (expr: string) => `sum by (${GROUP_LABELS}) (${expr})`;
const GROUP_NAME = '{{local_address}} → {{remote_address}}:{{remote_port}} {{device}}';

/** One machine: its groups, their owners, the machine's counters, and the exporter. */
export function machineDashboard(): Dashboard {
  const built = dashboard(
    MACHINE_UID,
    'ephtop / Machine',
    'Ephemeral ports of one machine: a group is a source and a destination, which has the whole range for itself.',
  )
    .withVariable(variable('instance', 'Machine', 'label_values(ephtop_up{job=~"$job"}, instance)'))
    .link(
      new DashboardLinkBuilder('All dashboards of ephtop')
        .type(DashboardLinkType.Dashboards)
        .tags(['ephtop'])
        .asDropdown(false)
        .keepTime(true),
    );
  built.withRow(new RowBuilder('$instance now'));
  for (const panel of NOW) built.withPanel(stat(panel));
  built.withRow(new RowBuilder('Groups, fullest first')).withPanel(groupTable());
  built.withRow(new RowBuilder('Groups over time'));
  for (const panel of GROUP_CHARTS) built.withPanel(chart(panel));
  built.withRow(new RowBuilder('The whole machine'));
  for (const panel of MACHINE_CHARTS) built.withPanel(chart(panel));
  built.withRow(new RowBuilder('The exporter'));
  for (const panel of EXPORTER_CHARTS) built.withPanel(chart(panel));
  return built.build();
}

const NOW = [
  {
    title: 'Headroom',
    description: 'Share of ports that is certainly free in the fullest group.',
    expr: `min(${headroom(HERE)})`,
    unit: 'percentunit',
    colors: HEADROOM_COLORS,
    noValue: 'no groups',
  },
  {
    title: 'Out of ports in',
    description: 'Of the group that runs out first, if the present rates hold.',
    expr: `min(${here('ephtop_exhaustion_eta_seconds')})`,
    unit: 's',
    colors: ETA_COLORS,
    noValue: 'never',
  },
  {
    title: 'Refused in 5 minutes',
    description: 'connect() calls refused for want of a port.',
    expr: `increase(${here('ephtop_machine_connect_failures_total')}[5m])`,
    colors: NONE_WANTED,
    noValue: 'not visible',
  },
  {
    title: 'Groups',
    description: 'Pairs of source and destination with outgoing connections.',
    expr: here('ephtop_groups'),
  },
  {
    title: 'Port range',
    description: 'Ports in net.ipv4.ip_local_port_range.',
    expr: here('ephtop_port_range_size'),
  },
  {
    title: 'Kernel can be read',
    description: '1: yes. 0: there are no metrics of ports.',
    expr: here('ephtop_up'),
    colors: ONE_WANTED,
  },
];

function groupTable() {
  return table({
    title: 'Groups',
    description: 'Only groups with series of their own. "Certainly free" is what alerts look at.',
    labels: [
      ['local_address', 'Source'],
      ['remote_address', 'Destination'],
      ['remote_port', 'Port'],
      ['device', 'Device'],
    ],
    columns: [
      {
        title: 'Headroom',
        expr: byGroup(headroom(HERE)),
        unit: 'percentunit',
        colors: HEADROOM_COLORS,
      },
      { title: 'Used', expr: byGroup(here('ephtop_ephemeral_ports', 'state="used"', SINGLE)) },
      { title: 'Usable', expr: byGroup(here('ephtop_ephemeral_ports_usable', SINGLE)) },
      {
        title: 'Certainly free',
        expr: byGroup(here('ephtop_ephemeral_ports_free_at_least', SINGLE)),
      },
      {
        title: 'Reusable TIME_WAIT',
        expr: byGroup(here('ephtop_ephemeral_ports_reusable', SINGLE)),
      },
      {
        title: 'Into TIME_WAIT/s',
        expr: byGroup(here('ephtop_time_wait_close_rate', SINGLE)),
        unit: 'cps',
      },
      {
        title: 'Out of ports in',
        expr: byGroup(here('ephtop_exhaustion_eta_seconds')),
        unit: 's',
        colors: ETA_COLORS,
      },
      {
        title: 'Refused in 5 minutes',
        expr: byGroup(`increase(${here('ephtop_connect_failures_total', SINGLE)}[5m])`),
        colors: NONE_WANTED,
      },
    ],
  });
}

const GROUP_CHARTS = [
  {
    title: 'Headroom',
    description: 'Share of ports that is certainly free.',
    lines: [[byGroup(headroom(HERE)), GROUP_NAME]],
    unit: 'percentunit',
    max: 1,
  },
  {
    title: 'Ports used',
    description:
      'Ports that connect() cannot have. "other" is the sum of groups without series of their own.',
    lines: [[byGroup(here('ephtop_ephemeral_ports', 'state="used"')), GROUP_NAME]],
  },
  {
    title: 'Connections into TIME_WAIT per second',
    description: 'Each keeps its port for a minute.',
    lines: [[byGroup(here('ephtop_time_wait_close_rate')), GROUP_NAME]],
    unit: 'cps',
  },
  {
    title: 'Out of ports in',
    description: 'If the present rates hold. No line: never.',
    lines: [[byGroup(here('ephtop_exhaustion_eta_seconds')), GROUP_NAME]],
    unit: 's',
  },
  {
    title: 'Refused connect()/s',
    description: 'connect() calls refused for want of a port (EADDRNOTAVAIL).',
    lines: [
      [`rate(${here('ephtop_machine_connect_failures_total')}[$__rate_interval])`, 'all'],
      [byGroup(`rate(${here('ephtop_connect_failures_total')}[$__rate_interval])`), GROUP_NAME],
    ],
    unit: 'cps',
  },
  {
    title: 'Live connections by owner',
    description:
      'By the name of the process; no name: unknown, or one of many. TIME_WAIT has no process.',
    lines: [[`sum by (command) (${here('ephtop_owner_sockets')})`, '{{command}}']],
  },
] as const;

const MACHINE_CHARTS = [
  {
    title: 'TCP sockets by state',
    description: 'Of both directions.',
    lines: [[`sum by (state) (${here('ephtop_sockets')})`, '{{state}}']],
  },
  {
    title: 'Connections per second',
    description:
      'Opened; TIME_WAIT sockets taken over; closes that skipped TIME_WAIT because of tcp_max_tw_buckets.',
    lines: [
      [`rate(${here('ephtop_active_opens_total')}[$__rate_interval])`, 'opened'],
      [`rate(${here('ephtop_time_wait_reused_total')}[$__rate_interval])`, 'TIME_WAIT taken over'],
      [`rate(${here('ephtop_time_wait_overflow_total')}[$__rate_interval])`, 'TIME_WAIT skipped'],
    ],
    unit: 'cps',
  },
  {
    title: 'Port range',
    description:
      'Ports of the range, and those that no connect() gets: reserved, or held by a bind().',
    lines: [
      [here('ephtop_port_range_size'), 'range'],
      [here('ephtop_ports_reserved'), 'reserved'],
      [here('ephtop_ports_held'), 'held'],
    ],
  },
  {
    title: 'Groups, and what ephtop cannot tell',
    description:
      'Groups; those without series of their own; warnings about the reading; 1 if not all sockets could be read; 1 if refusals can be seen.',
    lines: [
      [here('ephtop_groups'), 'groups'],
      [here('ephtop_groups_not_exported'), 'not exported'],
      [here('ephtop_sample_warnings'), 'warnings'],
      [here('ephtop_sample_partial'), 'partial'],
      [here('ephtop_connect_failures_visible'), 'refusals visible'],
    ],
  },
] as const;

const EXPORTER_CHARTS = [
  {
    title: 'Time of a reading',
    description: 'To read the kernel and to group the sockets.',
    lines: [[here('ephtop_sample_duration_seconds'), 'a reading']],
    unit: 's',
    width: 8,
  },
  {
    title: 'CPU',
    description: 'Of the exporter; 1 is one core.',
    lines: [[`rate(${here('process_cpu_seconds_total')}[$__rate_interval])`, 'cores']],
    width: 8,
  },
  {
    title: 'Memory',
    description: 'Resident memory of the exporter.',
    lines: [[here('process_resident_memory_bytes'), 'memory']],
    unit: 'bytes',
    width: 8,
  },
] as const;
