import { expect, test } from 'vitest';
import {
  parseListenStreams,
  parseServices,
  portsOfService,
} from '../../src/kernel/configured-port.ts';

test.for([
  ['ListenStream=8080', [8080]],
  ['[Socket]\n ListenStream = 127.0.0.1:5432\nListenStream=[::1]:5433', [5432, 5433]],
  ['ListenStream=1023\nListenStream=1024\nListenStream=65535\nListenStream=65536', [1024, 65_535]],
  // An empty one takes back what was there before, as a drop-in does.
  ['ListenStream=8080\nListenStream=\nListenStream=9090', [9090]],
  ['ListenStream=/run/x.sock\nListenStream=@x\nListenStream=vsock:2:1234', []],
  ['ListenDatagram=8080\n#ListenStream=8081\nXListenStream=8082', []],
  ['', []],
] as const)('%j listens on %j', ([text, ports]) => {
  expect(parseListenStreams(text)).toEqual(ports);
});

const SERVICES = parseServices(
  '# comment 1/tcp\nssh 22/tcp\npostgresql\t5432/tcp postgres # x\nsyslog 514/udp\nxmpp-client 5222/tcp\nxmpp-client 5223/tcp\n',
);

test.for([
  ['postgresql.service', [5432]],
  ['postgresql@14-main.service', [5432]],
  ['grafana-server.service', [3000]],
  ['prometheus-node-exporter.service', [9100]],
  ['etcd.service', [2379, 2380]],
  ['xmpp-client.service', [5222]],
  // Below 1024, by UDP, or not known.
  ['ssh.service', []],
  ['syslog.service', []],
  ['mystery.service', []],
] as const)('%s is known for %j', ([unit, ports]) => {
  expect(portsOfService(unit, SERVICES)).toEqual(ports);
});
