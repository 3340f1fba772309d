import type { ForeignText } from './foreign-text.ts';

/** A port that an enabled service is set up to listen on, whether the service runs now or not. */
export interface ConfiguredPort {
  readonly port: number;
  /** Its systemd unit, `postgresql.service`. */
  readonly unit: ForeignText;
}

/** Below this a port needs privileges, and no range that ephtop advises reaches it (net/ipv4/af_inet.c, PROT_SOCK). */
const FIRST_UNPRIVILEGED_PORT = 1024;

/** Ports of well-known services by unit name, without the `@` suffix. A hint: the configuration may differ. */
const WELL_KNOWN: ReadonlyMap<string, readonly number[]> = new Map([
  ['cassandra', [9042]],
  ['clickhouse-server', [8123, 9000]],
  ['consul', [8500]],
  ['elasticsearch', [9200]],
  ['etcd', [2379, 2380]],
  ['grafana-server', [3000]],
  ['influxdb', [8086]],
  ['kafka', [9092]],
  ['loki', [3100]],
  ['mariadb', [3306]],
  ['memcached', [11211]],
  ['minio', [9000]],
  ['mongod', [27017]],
  ['mysql', [3306]],
  ['mysqld', [3306]],
  ['node_exporter', [9100]],
  ['postgresql', [5432]],
  ['prometheus', [9090]],
  ['prometheus-alertmanager', [9093]],
  ['prometheus-node-exporter', [9100]],
  ['rabbitmq-server', [5672]],
  ['redis', [6379]],
  ['redis-server', [6379]],
  ['vault', [8200]],
  ['zookeeper', [2181]],
]);

/** The TCP ports of each name in /etc/services (services(5)); lines that are not entries are skipped. */
export function parseServices(text: string): ReadonlyMap<string, number> {
  const ports = new Map<string, number>();
  for (const line of text.split('\n')) {
    const match = /^\s*([\w.+-]+)\s+(\d{1,5})\/tcp\b/.exec(line);
    if (match?.[1] !== undefined && !ports.has(match[1])) ports.set(match[1], Number(match[2]));
  }
  return ports;
}

/**
 * The TCP ports of a socket unit and its drop-ins, one text after the other (systemd.socket(5)): `ListenStream=5432`,
 * `=127.0.0.1:5432` or `=[::1]:5432`; an empty one takes back those before it. Paths and vsock are no ports.
 */
export function parseListenStreams(text: string): number[] {
  const ports: number[] = [];
  for (const [, value = ''] of text.matchAll(/^[ \t]*ListenStream[ \t]*=[ \t]*(.*)$/gm)) {
    if (value.trim() === '') ports.length = 0;
    const port = /^(?:[\d.]+:|\[[\da-f:.]+\]:)?(\d{1,5})$/i.exec(value.trim())?.[1];
    if (port !== undefined) ports.push(Number(port));
  }
  return ports.filter(isUnprivileged);
}

/** The usual ports of a unit's service, from ephtop's own table or else from /etc/services. */
export function portsOfService(unit: string, services: ReadonlyMap<string, number>): number[] {
  const name = unit.replace(/(?:@.*)?\.service$/, '');
  const listed = services.get(name);
  const ports = WELL_KNOWN.get(name) ?? (listed === undefined ? [] : [listed]);
  return ports.filter(isUnprivileged);
}

function isUnprivileged(port: number): boolean {
  return port >= FIRST_UNPRIVILEGED_PORT && port <= 65_535;
}
