import { type Dashboard, RowBuilder } from '@grafana/grafana-foundation-sdk/dashboard';
import { headroomLimit } from './alerts.ts';
import {
  chart,
  dashboard,
  ETA_COLORS,
  HEADROOM_COLORS,
  NONE_WANTED,
  stat,
  table,
} from './panels.ts';
import { INSTANCE_LABELS, RECORDED, select, UPSTREAM_LABELS } from './queries.ts';

/** What links to this dashboard know it by. */
const FLEET_UID = 'ephtop-fleet';
/** What links to the dashboard of one machine know it by. */
export const MACHINE_UID = 'ephtop-machine';

/** Rows of a table; whoever looks at more has a list and no overview. */
const ROWS = 25;
/** Lines of a chart. */
const LINES = 10;

const OF_JOB = 'job=~"$job"';
const worst = (count: number, name: keyof typeof RECORDED) =>
  `bottomk(${count}, ${select(RECORDED[name], OF_JOB)})`;

/** Columns for the rows of the first: queries of the others for no more than these. */
function beside(name: keyof typeof RECORDED, headroom: keyof typeof RECORDED, labels: string) {
  return `${select(RECORDED[name], OF_JOB)} and on (${labels}) ${worst(ROWS, headroom)}`;
}

/** All machines, the worst first. It reads recorded series only, but for a few of each exporter. */
export function fleetDashboard(): Dashboard {
  return dashboard(
    FLEET_UID,
    'ephtop / Fleet',
    'Ephemeral ports of all machines, worst first. Needs the recording rules of ephtop.',
  )
    .withRow(new RowBuilder('Now'))
    .withPanel(
      stat({
        title: 'Machines',
        description: 'Machines whose ports are known.',
        expr: `count(${select('ephtop_up', OF_JOB)} == 1)`,
        noValue: '0',
      }),
    )
    .withPanel(
      stat({
        title: 'Not known',
        description: 'Exporters that do not answer or cannot read the kernel.',
        expr: `(count(${select('up', OF_JOB)} == 0) or vector(0)) + (count(${select('ephtop_up', OF_JOB)} == 0) or vector(0))`,
        colors: NONE_WANTED,
      }),
    )
    .withPanel(
      stat({
        title: 'Ports nearly used',
        description: 'Machines on which a group has less headroom than the warning allows.',
        expr: `count(${select(RECORDED.instanceHeadroom, OF_JOB)} < ${headroomLimit('warning')}) or vector(0)`,
        colors: NONE_WANTED,
      }),
    )
    .withPanel(
      stat({
        title: 'Worst headroom',
        description: 'Share of ports that is certainly free in the fullest group of all.',
        expr: `min(${select(RECORDED.jobHeadroom, OF_JOB)})`,
        unit: 'percentunit',
        colors: HEADROOM_COLORS,
      }),
    )
    .withPanel(
      stat({
        title: 'Refused connect()/s',
        description:
          'connect() calls refused for want of a port, of all machines, mean of 5 minutes.',
        expr: `sum(${select(RECORDED.jobRefusals, OF_JOB)})`,
        unit: 'cps',
        colors: NONE_WANTED,
        noValue: 'not visible',
      }),
    )
    .withPanel(
      stat({
        title: 'Blind to refusals',
        description:
          'Machines where refusals cannot be seen: the exporter needs root, or CAP_PERFMON and tracefs.',
        expr: `count(${select('ephtop_connect_failures_visible', OF_JOB)} == 0) or vector(0)`,
        colors: NONE_WANTED,
      }),
    )
    .withRow(new RowBuilder('Worst first'))
    .withPanel(
      table({
        title: 'Machines',
        description: 'A machine is as bad as its fullest group. Click it for its groups.',
        labels: [
          ['instance', 'Machine'],
          ['job', 'Job'],
          ['cluster', 'Cluster'],
        ],
        columns: columnsOf('instance', INSTANCE_LABELS),
        link: {
          title: 'Groups of this machine',
          url: `/d/${MACHINE_UID}?\${datasource:queryparam}&var-instance=\${__value.raw}&var-job=\${__data.fields.Job}&\${__url_time_range}`,
        },
      }),
    )
    .withPanel(
      table({
        title: 'Destinations',
        description:
          'A destination is as bad as it is on the machine with the least headroom to it.',
        labels: [
          ['remote_address', 'Destination'],
          ['remote_port', 'Port'],
          ['job', 'Job'],
          ['cluster', 'Cluster'],
        ],
        columns: columnsOf('upstream', UPSTREAM_LABELS),
      }),
    )
    .withRow(new RowBuilder('Over time'))
    .withPanel(
      chart({
        title: 'Headroom of the worst machines',
        description: 'Share of ports that is certainly free in the fullest group of a machine.',
        lines: [[worst(LINES, 'instanceHeadroom'), '{{instance}}']],
        unit: 'percentunit',
        max: 1,
      }),
    )
    .withPanel(
      chart({
        title: 'Refused connect()/s by machine',
        description: 'connect() calls refused for want of a port, mean of 5 minutes.',
        lines: [[`topk(${LINES}, ${select(RECORDED.instanceRefusals, OF_JOB)})`, '{{instance}}']],
        unit: 'cps',
      }),
    )
    .withPanel(
      chart({
        title: 'Slowest readings',
        description: 'Time that it takes to read the sockets of a machine.',
        lines: [
          [`topk(${LINES}, ${select('ephtop_sample_duration_seconds', OF_JOB)})`, '{{instance}}'],
        ],
        unit: 's',
      }),
    )
    .withPanel(
      chart({
        title: 'Groups without series of their own',
        description: 'They are summed up as "other"; --max-groups says how many are not.',
        lines: [
          [`topk(${LINES}, ${select('ephtop_groups_not_exported', OF_JOB)})`, '{{instance}}'],
        ],
      }),
    )
    .build();
}

function columnsOf(level: 'instance' | 'upstream', labels: string) {
  const headroom = `${level}Headroom` as const;
  return [
    {
      title: 'Headroom',
      expr: worst(ROWS, headroom),
      unit: 'percentunit',
      colors: HEADROOM_COLORS,
    },
    {
      title: 'Out of ports in',
      expr: beside(`${level}Eta`, headroom, labels),
      unit: 's',
      colors: ETA_COLORS,
    },
    {
      title: 'Refused/s',
      expr: beside(`${level}Refusals`, headroom, labels),
      unit: 'cps',
      colors: NONE_WANTED,
    },
  ];
}
