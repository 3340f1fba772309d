import { type ForeignText, rawText } from '../../kernel/foreign-text.ts';

/**
 * Programs that are so common that their name tells nothing about who runs them, and that the advice depends on
 * (client-config); everything else becomes `process-1`.
 */
const WELL_KNOWN = new Set(
  `angie apache2 caddy celery cilium-envoy containerd coredns consul curl dnsmasq dockerd envoy etcd gunicorn haproxy
  httpd java kubelet memcached mongod mysqld MainThread named nginx node nodejs openresty php-fpm pilot-agent postgres
  prometheus python python3 redis-server ruby squid sshd systemd systemd-resolved traefik uvicorn uwsgi varnishd vault wget`.split(
    /\s+/,
  ),
);

/** What a name is of. */
type NameKind = 'host' | 'process' | 'device' | 'unit' | 'place';

/** Replaces names by numbered ones, in the order in which they come. */
export class AnonymousNames {
  readonly #made = new Map<string, string>();
  readonly #counts = new Map<NameKind, number>();

  /** The name instead of this one; nothing stays nothing. */
  of(kind: NameKind, name: ForeignText): string {
    const text = rawText(name);
    if (text === '') return '';
    const key = `${kind} ${text}`;
    const known = this.#made.get(key);
    if (known !== undefined) return known;
    const number = (this.#counts.get(kind) ?? 0) + 1;
    this.#counts.set(kind, number);
    const made = `${kind}-${number}`;
    // Where there are so many, their numbers go on: nothing leaks.
    if (this.#made.size < MOST_NAMES) this.#made.set(key, made);
    return made;
  }

  /** A program's name: as it is if it is well known. */
  ofProcess(name: ForeignText): string {
    const text = rawText(name);
    return isWellKnown(text) ? text : this.of('process', name);
  }

  /** A network device: `lo` stays. */
  ofDevice(name: ForeignText): string {
    return rawText(name) === 'lo' ? 'lo' : this.of('device', name);
  }

  /** A unit of systemd: `nginx.service` stays, others keep their ending. */
  ofUnit(name: ForeignText): string {
    const [, stem = '', ending = ''] = /^(.*?)(\.(?:service|socket))?$/s.exec(rawText(name)) ?? [];
    return (isWellKnown(stem) ? stem : this.of('unit', stem)) + ending;
  }
}

/** `python3.12` is as well known as `python3`. */
function isWellKnown(name: string): boolean {
  return WELL_KNOWN.has(name) || WELL_KNOWN.has(name.replace(/[\d.]{1,6}$/, ''));
}

const MOST_NAMES = 100_000;
