import type { TupleGroup } from '../sample/tuple-group.ts';
import { endpoint } from '../sample/tuple-label.ts';

/** Programs with known configuration. */
export type Program =
  | 'haproxy'
  | 'nginx'
  | 'envoy'
  | 'apache'
  | 'squid'
  | 'node'
  | 'go'
  | 'java'
  | 'python';

/** Lines for the program that owns a group's connections, at most 74 columns each. */
type Snippet = (group: TupleGroup) => readonly string[];

/** Snippets by program; `any` is for unknown programs. */
export type Snippets = Readonly<Partial<Record<Program, Snippet>>> & { readonly any: Snippet };

const upstream = ({ remoteAddress, remotePort }: TupleGroup) => endpoint(remoteAddress, remotePort);

/** An address in the form HAProxy expects where a port may follow. */
const bracketed = (address: string) => (address.includes(':') ? `[${address}]` : address);

/** How to keep connections open. */
export const KEEP_ALIVE: Snippets = {
  haproxy: (group) => [
    '# In mode http only: mode tcp ignores these lines, without a word.',
    'backend app',
    '    mode http',
    '    option http-keep-alive',
    '    http-reuse always',
    `    server s1 ${upstream(group)} pool-purge-delay 60s`,
  ],
  nginx: (group) => [
    'upstream app {',
    `    server ${upstream(group)};`,
    '    keepalive 256;',
    '}',
    'location / {',
    '    proxy_pass http://app;',
    '    proxy_http_version 1.1;',
    '    proxy_set_header Connection "";',
    '}',
  ],
  envoy: () => [
    '# in the cluster: no max_requests_per_connection: 1, and',
    'common_http_protocol_options:',
    '  idle_timeout: 60s',
    '# or http2_protocol_options: {}, if the upstream speaks HTTP/2',
  ],
  apache: (group) => [
    `ProxyPass "/" "http://${upstream(group)}/" \\`,
    '    enablereuse=on keepalive=On ttl=60',
    '# and no "SetEnv proxy-nokeepalive 1"',
  ],
  squid: () => [
    'server_persistent_connections on',
    'server_idle_pconn_timeout 1 minute',
    '# and no pconn_lifetime that is shorter',
  ],
  node: () => [
    'const agent = new http.Agent({ keepAlive: true, maxSockets: 256 });',
    '// one for all requests: http.request({ agent, … }); read each response',
  ],
  go: () => [
    '// one http.Client for all requests, with',
    '&http.Transport{MaxIdleConnsPerHost: 256}, since the default keeps two,',
    '// and each response read to its end: io.Copy(io.Discard, resp.Body)',
  ],
  java: () => [
    '// one HttpClient for all requests; Apache HttpClient with a',
    '// PoolingHttpClientConnectionManager: setDefaultMaxPerRoute(256)',
    '// and each response read to its end: EntityUtils.consume(entity)',
  ],
  python: () => [
    '# one session for all requests, not requests.get():',
    'session = requests.Session()',
    'session.mount("http://", HTTPAdapter(pool_maxsize=256))',
  ],
  any: () => [
    'One client or connection pool for all requests, HTTP/1.1 with keep-alive',
    'or HTTP/2, no "Connection: close", each response read to its end. In Go:',
    'http.Transport{MaxIdleConnsPerHost: 256}, since the default keeps two.',
  ],
};

/** How to connect from several source addresses. */
export const SOURCE_ADDRESSES: Snippets = {
  haproxy: (group) => [
    'backend app',
    `    server s1 ${upstream(group)} source ${bracketed(group.localAddress)}`,
    `    server s2 ${upstream(group)} source SECOND_ADDRESS`,
    '    # without a port range: with one, HAProxy binds each port itself',
  ],
  nginx: (group) => [
    'split_clients "$request_id" $source {',
    `    50%  ${group.localAddress};`,
    '    *    SECOND_ADDRESS;',
    '}',
    'proxy_bind $source;',
  ],
  envoy: (group) => [
    'upstream_bind_config:',
    `  source_address: { address: "${group.localAddress}", port_value: 0 }`,
    '  extra_source_addresses:',
    '  - address: { address: SECOND_ADDRESS, port_value: 0 }',
    ...ENVOY_NO_PORT,
  ],
  squid: (group) => [
    'acl half random 1/2',
    `tcp_outgoing_address ${group.localAddress} half`,
    'tcp_outgoing_address SECOND_ADDRESS',
  ],
  node: () => [
    '// not by localAddress: Node binds a port with it, and has no NO_PORT.',
    '// One process an address, each where a route chooses it (ip route … src)',
  ],
  python: (group) => [
    `addresses = ["${group.localAddress}", "SECOND_ADDRESS"]`,
    ...PYTHON_NO_PORT,
    'sock.bind((random.choice(addresses), 0))',
  ],
  any: () => [
    'Before bind() to each of the addresses, with port 0:',
    'setsockopt(fd, IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, &one, sizeof one);',
  ],
};

/** IPPROTO_IP is 0, IP_BIND_ADDRESS_NO_PORT is 24 (include/uapi/linux/in.h). */
const ENVOY_NO_PORT = [
  '  socket_options:',
  '  - { level: 0, name: 24, int_value: 1, state: STATE_PREBIND }',
];

const PYTHON_NO_PORT = ['sock.setsockopt(socket.IPPROTO_IP, 24, 1)  # IP_BIND_ADDRESS_NO_PORT'];

/** How to bind a source address, and leave the port to connect(). */
export const BIND: Snippets = {
  haproxy: (group) => [
    `server s1 ${upstream(group)} source ${bracketed(group.localAddress)}`,
    '# without a port range: with one, HAProxy binds each port itself',
  ],
  nginx: (group) => [
    `proxy_bind ${group.localAddress};`,
    '# without a port: a recent nginx sets the option then; or leave it out',
  ],
  envoy: (group) => [
    'upstream_bind_config:',
    `  source_address: { address: "${group.localAddress}", port_value: 0 }`,
    ...ENVOY_NO_PORT,
  ],
  apache: () => ['# leave ProxySourceAddress out: a route can choose the source instead'],
  node: () => ['// leave localAddress out of the options of http.request and net.connect'],
  go: (group) => [
    'net.Dialer{',
    `    LocalAddr: &net.TCPAddr{IP: net.ParseIP("${group.localAddress}")},`,
    '    Control: func(_, _ string, c syscall.RawConn) error {',
    '        return c.Control(func(fd uintptr) {',
    '            unix.SetsockoptInt(int(fd), unix.SOL_IP,',
    '                unix.IP_BIND_ADDRESS_NO_PORT, 1)',
    '        })',
    '    },',
    '}',
  ],
  squid: () => ['# leave tcp_outgoing_address out: a route can choose the source instead'],
  python: () => [...PYTHON_NO_PORT, 'sock.bind((address, 0))'],
  any: () => [
    'Leave bind() out where the source address does not matter. Else, before it:',
    'setsockopt(fd, IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, &one, sizeof one);',
  ],
};

/** How to give up on a connect() that is not answered. */
export const CONNECT_TIMEOUT: Snippets = {
  haproxy: () => ['timeout connect 3s', 'default-server check'],
  nginx: () => ['proxy_connect_timeout 3s;', 'proxy_next_upstream error timeout;'],
  envoy: () => ['connect_timeout: 3s', '# and health_checks in the cluster'],
  apache: (group) => [
    `ProxyPass "/" "http://${upstream(group)}/" \\`,
    '    connectiontimeout=3 retry=10',
  ],
  squid: () => ['connect_timeout 3 seconds', 'forward_timeout 10 seconds'],
  node: () => [
    'const agent = new http.Agent({ keepAlive: true, timeout: 3000 });',
    '// and request.on("timeout", () => request.destroy())',
  ],
  go: () => ['(&net.Dialer{Timeout: 3 * time.Second}).DialContext'],
  java: () => ['HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(3))'],
  python: () => ['requests.get(url, timeout=(3, 30))'],
  any: () => ['A timeout for connect(), of some 3 s, and a pause before the next attempt.'],
};
