import { describe, expect, test } from 'vitest';
import { modelWithOwners, withInodes } from '../../helpers/owners.ts';
import { connections, timeWaits } from '../../helpers/sockets.ts';

describe('configuration for the program that was seen', () => {
  test.for([
    ['haproxy', 'haproxy', /http-reuse/],
    ['nginx', 'nginx', /keepalive 256;/],
    ['envoy', 'envoy', /idle_timeout/],
    ['httpd', 'apache', /enablereuse=on/],
    ['apache2', 'apache', /enablereuse=on/],
    ['squid', 'squid', /server_idle_pconn_timeout/],
    ['(squid-1)', 'squid', /server_idle_pconn_timeout/],
    ['node', 'node', /keepAlive: true/],
    ['MainThread', 'node', /keepAlive: true/],
    ['java', 'java', /PoolingHttpClientConnectionManager/],
    ['traefik', 'go', /MaxIdleConnsPerHost/],
    ['python3.11', 'python', /Session/],
    ['mystery', 'any program', /keep-alive/],
    ['\\x1b[2J', 'any program', /keep-alive/],
  ] as const)('%s', ([command, program, text]) => {
    const sockets = [...withInodes(connections(5), 100), ...timeWaits(88, 55_000, {}, 40_005)];
    const { advice } = modelWithOwners(sockets, [{ pid: 812, command, inodes: [100] }]);
    const { config } = advice.find(({ id }) => id === 'keep-alive') ?? {};
    expect(config?.program).toBe(program);
    expect(config?.lines.join('\n')).toMatch(text);
    for (const suggestion of advice)
      for (const line of suggestion.config?.lines ?? [])
        expect(line.length).toBeLessThanOrEqual(74);
  });

  test('IPv6 stands in brackets', () => {
    const v6 = { local: '2001:db8::1', remote: '2001:db8::21' };
    const sockets = [...withInodes(connections(5, v6), 100), ...timeWaits(88, 55_000, v6, 40_005)];
    const { advice } = modelWithOwners(sockets, [{ pid: 8, command: 'nginx', inodes: [100] }]);
    expect(advice.find(({ id }) => id === 'keep-alive')?.config?.lines[1]).toBe(
      '    server [2001:db8::21]:8080;',
    );
  });
});
