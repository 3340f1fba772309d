import { createServer, type Socket } from 'node:net';
import { IDLE_MS, lineReader, type Part } from './part.ts';

/** Listens on every address, so that the proxy may spread its connections. */
const ANY = '0.0.0.0';
/** Until an answer has been acknowledged, which takes no time on one machine. */
const ACKNOWLEDGED_MS = 200;

/**
 * The upstreams: a line asks for an answer after so many ms, and says whether the connection is closed after it: `40 keep`,
 * `40 end`.
 */
export function playUpstream({ scenario, sockets, report }: Part): void {
  const ports = new Map(scenario.routes.map((route) => [route.port, route]));
  let starting = ports.size;
  for (const [port, { losesFins }] of ports) {
    const fd = sockets.listen({ address: ANY, port });
    if (losesFins) sockets.loseFins(fd);
    const serve = losesFins ? vanishing((socket) => sockets.silence(socket)) : () => {};
    createServer({ allowHalfOpen: false }, (socket) => answer(socket, () => serve(socket))).listen(
      { fd },
      () => {
        starting -= 1;
        if (starting === 0) report({ kind: 'ready' });
      },
    );
  }
}

function answer(socket: Socket, afterwards: () => void): void {
  socket.on('error', () => {});
  socket.setTimeout(IDLE_MS, () => socket.end());
  const read = lineReader((line) => {
    const [delayMs, then] = line.split(' ');
    setTimeout(() => {
      if (socket.destroyed) return;
      socket.write('ok\n');
      if (then === 'end') socket.end();
      afterwards();
    }, Number(delayMs));
  });
  socket.on('data', read);
}

/**
 * This end of a connection goes without a word, as its FIN would be seen by the proxy: the kernel then has nobody to
 * answer the FINs of the proxy, and the listener's filter drops them.
 */
function vanishing(silence: (fd: number) => void): (socket: Socket) => void {
  return (socket) =>
    void setTimeout(() => {
      const fd = descriptorOf(socket);
      if (fd === undefined) return;
      silence(fd);
      socket.destroy();
    }, ACKNOWLEDGED_MS);
}

/** The file descriptor of a connection, which Node has no public name for. */
function descriptorOf(socket: Socket): number | undefined {
  const { _handle: handle } = socket as Socket & { _handle?: { fd?: number } | null };
  return handle?.fd;
}
