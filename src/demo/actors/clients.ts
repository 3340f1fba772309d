import { Socket } from 'node:net';
import { CLIENTS_ADDRESS, PROXY } from '../story/scenario.ts';
import { Arrivals, STEP_S } from '../story/timeline.ts';
import { lineReader, type Part } from './part.ts';

/** Connections to the proxy, which all clients share and keep open. */
const CONNECTIONS = 12;
const TALLY_MS = 250;
/** A program that was held up for longer does not make up for it: its timeline stands still meanwhile. */
const CAUGHT_UP_S = 0.25;

/** The clients: they ask the proxy as the timeline says, and count what comes of it. */
export function playClients({ scenario, seed, sockets, onOrder, report }: Part): void {
  const arrivals = new Arrivals(scenario.routes, seed);
  const failed: Record<string, number> = {};
  let answered = 0;
  let lastFailureS: number | undefined;
  let requests = 0;
  const read = (line: string) => {
    const outcome = line.split(' ')[1] ?? '';
    if (outcome === 'ok') return void (answered += 1);
    failed[outcome] = (failed[outcome] ?? 0) + 1;
    lastFailureS = arrivals.elapsedS;
  };
  const connections = Array.from({ length: CONNECTIONS }, () => {
    const fd = sockets.connect(PROXY, { address: CLIENTS_ADDRESS, takesPort: false });
    const socket = new Socket({ fd, readable: true, writable: true });
    return socket.on('error', () => socket.destroy()).on('data', lineReader(read));
  });
  const step = () => {
    for (const name of arrivals.next())
      connections[requests++ % CONNECTIONS]?.write(`${requests} ${name}\n`);
  };

  let timer: NodeJS.Timeout | undefined;
  const go = () => {
    let startS = performance.now() / 1000 - arrivals.elapsedS;
    timer ??= setInterval(() => {
      const lateS = performance.now() / 1000 - startS - arrivals.elapsedS;
      startS += Math.max(0, lateS - CAUGHT_UP_S);
      for (let left = Math.min(lateS, CAUGHT_UP_S); left >= STEP_S; left -= STEP_S) step();
    }, STEP_S * 1000);
  };
  onOrder(({ kind }) => {
    if (kind === 'go') go();
    if (kind !== 'pause') return;
    clearInterval(timer);
    timer = undefined;
  });
  setInterval(() => {
    const { elapsedS } = arrivals;
    report({ kind: 'tally', tally: { elapsedS, answered, failed, lastFailureS } });
  }, TALLY_MS);
  report({ kind: 'ready' });
}
