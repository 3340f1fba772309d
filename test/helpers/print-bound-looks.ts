/** Run inside a namespace: binds sockets and ends them, and prints which bound ports each look of one reader shows. */
import { BOUND_INACTIVE } from '../../src/kernel/tcp-state.ts';
import { systemClock } from '../../src/source/clock.ts';
import { netlinkReader } from '../../src/source/netlink-reader.ts';
import { procRoot } from '../../src/source/proc-root.ts';
import { placeHere } from '../../src/source/watched-place.ts';
import { bindSocket, closeSocket, connectSocket, openSocket } from './libc-sockets.ts';
import type { Endpoint } from './namespace-protocol.ts';

const [destination] = process.argv.slice(2).map((text) => JSON.parse(text) as Endpoint);
if (destination === undefined) throw new Error('no destination');
const netlink = netlinkReader(placeHere(procRoot()), systemClock);

function boundPorts(): number[] {
  const { sockets } = netlink();
  const rows = Array.from({ length: sockets.length }, (_, row) => row);
  return rows
    .filter((row) => sockets.state[row] === BOUND_INACTIVE)
    .map((row) => sockets.localPort[row] ?? 0)
    .toSorted((a, b) => a - b);
}

const bound = (port: number) => {
  const socket = openSocket('127.0.0.1', 'tcp', 'blocking');
  bindSocket(socket, { address: '127.0.0.1', port });
  return socket;
};
const looks = [boundPorts()];
const look = () => looks.push(boundPorts());
const first = bound(40_061);
look();
look();
const second = bound(40_063);
look();
connectSocket(first, destination);
look();
closeSocket(second);
look();
closeSocket(first);
process.stdout.write(JSON.stringify(looks));
netlink.close();
