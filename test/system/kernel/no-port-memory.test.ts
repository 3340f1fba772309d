/** What looks one after the other know of TIME_WAIT of connections with IP_BIND_ADDRESS_NO_PORT. */
import { beforeEach, expect, test } from 'vitest';
import { openNamespace, requireNamespace } from '../../helpers/namespace.ts';
import { ids } from './scenario.ts';

beforeEach(requireNamespace);

const HOST = '10.9.9.1';
const DESTINATION = { address: HOST, port: 8080 };
const OTHER = { address: HOST, port: 9090 };
const BIND_TO = { address: HOST, port: 0 };

test('after IP_BIND_ADDRESS_NO_PORT was switched on, only what was bound before is held', async () => {
  await using namespace = await openNamespace();
  await namespace.setSysctl('net.ipv4.ip_local_port_range', '24000 24199');
  await namespace.setSysctl('net.ipv4.tcp_tw_reuse', '0');
  await namespace.addAddress(HOST);
  for (const endpoint of [DESTINATION, OTHER]) await namespace.listen(endpoint);
  await namespace.connect({ destination: OTHER, count: 1 });
  await namespace.look('netlink');
  const bound = await namespace.connect({ destination: DESTINATION, count: 30, bindTo: BIND_TO });
  await namespace.look('netlink');
  await namespace.close(ids(bound.connections), 'client-first');
  await namespace.look('netlink');
  const options = { destination: DESTINATION, bindTo: BIND_TO, bindAddressNoPort: true };
  const switched = await namespace.connect({ ...options, count: 140 });
  await namespace.look('netlink');
  await namespace.close(ids(switched.connections), 'client-first');
  const { groups } = await namespace.look('netlink');
  const group = groups.find(({ remotePort }) => remotePort === OTHER.port);
  const given = await namespace.connect({ destination: OTHER });
  expect(given.connections.length).toBe(200 - 30 - 1);
  expect(group?.freeAtLeast).toBe(200 - 30 - 1);
});

test('what was bound in both halves stays held once others connect with IP_BIND_ADDRESS_NO_PORT', async () => {
  await using namespace = await openNamespace();
  await namespace.setSysctl('net.ipv4.ip_local_port_range', '24000 24799');
  await namespace.setSysctl('net.ipv4.tcp_tw_reuse', '0');
  await namespace.addAddress(HOST);
  const services = [8080, 8081, 8082].map((port) => ({ address: HOST, port }));
  for (const endpoint of [...services, OTHER]) await namespace.listen(endpoint);
  await namespace.connect({ destination: OTHER, count: 1 });
  await namespace.look('netlink');
  const bound: number[] = [];
  for (const count of [134, 70])
    for (const destination of services) {
      const options = { destination, count, bindTo: BIND_TO };
      bound.push(...ids((await namespace.connect(options)).connections));
    }
  await namespace.look('netlink');
  const options = { bindTo: BIND_TO, bindAddressNoPort: true };
  const switched: number[] = [];
  for (const destination of services) {
    const { connections } = await namespace.connect({ ...options, destination, count: 12 });
    switched.push(...ids(connections));
  }
  await namespace.look('netlink');
  await namespace.close([...bound, ...switched], 'client-first');
  await namespace.look('netlink');
  const { groups } = await namespace.look('netlink');
  const group = groups.find(({ remotePort }) => remotePort === OTHER.port);
  const given = await namespace.connect({ destination: OTHER });
  expect(given.connections.length).toBe(800 - 612 - 1);
  expect(group).toMatchObject({ free: 187, freeAtLeast: 187, uncertain: null });
});
