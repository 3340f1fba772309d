import { rawText } from '../../kernel/foreign-text.ts';
import type { TupleGroup } from '../sample/tuple-group.ts';
import {
  BIND,
  CONNECT_TIMEOUT,
  KEEP_ALIVE,
  type Program,
  type Snippets,
  SOURCE_ADDRESSES,
} from './config-snippets.ts';

/** Lines for a program's configuration or source. */
export interface ClientConfig {
  /** The program it is for: `haproxy`, or `ANY_PROGRAM`. */
  readonly program: string;
  /** At most 74 columns each. */
  readonly lines: readonly string[];
}

/** Programs by the kernel's name for them: the main thread's, cut to 15 bytes. */
const PROGRAM_NAMES: readonly (readonly [Program, RegExp])[] = [
  ['haproxy', /^haproxy/],
  ['nginx', /^(?:nginx|openresty|angie)/],
  ['envoy', /^(?:envoy|pilot-agent|cilium-envoy)/],
  ['apache', /^(?:apache2|httpd)/],
  ['squid', /^\(?squid/],
  ['node', /^(?:node|MainThread|nodejs)/],
  ['java', /^java/],
  ['python', /^(?:python|gunicorn|uwsgi|uvicorn|celery)/],
  ['go', /^(?:traefik|caddy|prometheus|kubelet|etcd|consul|vault|coredns|dockerd|containerd)/],
];

/** How to keep connections open, for the main owner of the group that is known here. */
export function keepAliveConfig(group: TupleGroup): ClientConfig {
  return configFor(group, KEEP_ALIVE);
}

/** How to connect from several source addresses. */
export function sourceAddressConfig(group: TupleGroup): ClientConfig {
  return configFor(group, SOURCE_ADDRESSES);
}

/** How to bind a source address, and leave the port to connect(). */
export function bindConfig(group: TupleGroup): ClientConfig {
  return configFor(group, BIND);
}

/** How to give up on a connect() that is not answered. */
export function connectTimeoutConfig(group: TupleGroup): ClientConfig {
  return configFor(group, CONNECT_TIMEOUT);
}

/** What a configuration is for if no owner is known here. */
export const ANY_PROGRAM = 'any program';

function configFor(group: TupleGroup, snippets: Snippets): ClientConfig {
  for (const { command } of group.owners) {
    const program = PROGRAM_NAMES.find(([, name]) => name.test(rawText(command)))?.[0];
    const snippet = program === undefined ? undefined : snippets[program];
    if (program !== undefined && snippet !== undefined) return { program, lines: snippet(group) };
  }
  return { program: ANY_PROGRAM, lines: snippets.any(group) };
}
