import type { Metric } from './exposition.ts';

interface TableRow extends Omit<Metric, 'name'> {
  /** Of its series. */
  readonly labels: readonly string[];
}

/** The labels of a group; `device` only where its sockets are bound to one. */
const GROUP = ['local_address', 'remote_address', 'remote_port', 'device'];

/** Every metric by its name. The output keeps the order. */
export const METRICS = {
  ephtop_up: {
    help: 'Whether the kernel could be read: 1, or 0 without any other metric of ports',
    type: 'gauge',
    labels: [],
  },
  ephtop_place_up: {
    help: 'Whether this place could be read: 1, or 0 without any other metric of it; only where there are several',
    type: 'gauge',
    labels: ['place'],
  },
  ephtop_build_info: {
    help: 'Always 1; the labels tell the version and how the kernel is read',
    type: 'gauge',
    labels: ['version', 'source'],
  },
  ephtop_ephemeral_ports: {
    help: 'Ports that connect() could use for this source and destination, by state; the states add up to all usable ones',
    type: 'gauge',
    labels: [...GROUP, 'state'],
  },
  ephtop_ephemeral_ports_usable: {
    help: 'Ports that connect() could ever use for this source and destination',
    type: 'gauge',
    labels: GROUP,
  },
  ephtop_ephemeral_ports_free_at_least: {
    help: 'Ports that are certainly free; fewer than the free ones where the kernel does not show enough to know',
    type: 'gauge',
    labels: GROUP,
  },
  ephtop_headroom_judged_ratio: {
    help: 'Share of the ports that is free as severity judges it, 0 to 1: without doubts that no evidence speaks for, and by the range that a group has of its own',
    type: 'gauge',
    labels: GROUP,
  },
  ephtop_ephemeral_ports_reusable: {
    help: 'Free ports in TIME_WAIT, which connect() would take over',
    type: 'gauge',
    labels: GROUP,
  },
  ephtop_connect_failures_total: {
    help: 'connect() calls that the kernel refused for want of a port, since the exporter started',
    type: 'counter',
    labels: GROUP,
  },
  ephtop_machine_connect_failures_total: {
    help: 'The same of all groups together, also of those that did not exist at the last scrape',
    type: 'counter',
    labels: [],
  },
  ephtop_time_wait_close_rate: {
    help: 'Connections that entered TIME_WAIT per second, mean of the last 10 s',
    type: 'gauge',
    labels: GROUP,
  },
  ephtop_exhaustion_eta_seconds: {
    help: 'Seconds until no port is free if the present rates hold; absent: never',
    type: 'gauge',
    labels: GROUP,
  },
  ephtop_owner_sockets: {
    help: 'Live connections of this source and destination by the name of the process; empty: unknown, or one of many',
    type: 'gauge',
    labels: [...GROUP, 'command'],
  },
  ephtop_groups: {
    help: 'Pairs of source and destination with outgoing connections',
    type: 'gauge',
    labels: [],
  },
  ephtop_groups_not_exported: {
    help: 'Those of them that have no series of their own, and are summed up as "other"',
    type: 'gauge',
    labels: [],
  },
  ephtop_port_range_size: {
    help: 'Ports in the ephemeral range',
    type: 'gauge',
    labels: [],
  },
  ephtop_ports_reserved: {
    help: 'Ports of the range in ip_local_reserved_ports',
    type: 'gauge',
    labels: [],
  },
  ephtop_ports_held: {
    help: 'Ports of the range that are not reserved and that a bind() owns',
    type: 'gauge',
    labels: [],
  },
  ephtop_sockets: {
    help: 'TCP sockets by state',
    type: 'gauge',
    labels: ['state'],
  },
  ephtop_active_opens_total: {
    help: 'connect() calls that sent a SYN, since boot',
    type: 'counter',
    labels: [],
  },
  ephtop_time_wait_reused_total: {
    help: 'TIME_WAIT sockets taken over by connect(), since boot',
    type: 'counter',
    labels: [],
  },
  ephtop_time_wait_overflow_total: {
    help: 'Closes that skipped TIME_WAIT because of tcp_max_tw_buckets, since boot',
    type: 'counter',
    labels: [],
  },
  ephtop_connect_failures_visible: {
    help: 'Whether refused connections can be seen here: 1, or 0',
    type: 'gauge',
    labels: [],
  },
  ephtop_sample_partial: {
    help: 'Whether some sockets, or all of an address family, could not be read: 1, or 0',
    type: 'gauge',
    labels: [],
  },
  ephtop_sample_warnings: {
    help: 'Warnings about this reading of the kernel',
    type: 'gauge',
    labels: [],
  },
  ephtop_sample_duration_seconds: {
    help: 'Time that it took to read the kernel and to group the sockets',
    type: 'gauge',
    labels: [],
  },
  process_cpu_seconds_total: {
    help: 'User and system CPU time of the exporter',
    type: 'counter',
    labels: [],
  },
  process_resident_memory_bytes: {
    help: 'Resident memory of the exporter',
    type: 'gauge',
    labels: [],
  },
  process_start_time_seconds: {
    help: 'Unix time at which the exporter started',
    type: 'gauge',
    labels: [],
  },
} as const satisfies Record<string, TableRow>;

export type MetricName = keyof typeof METRICS;
