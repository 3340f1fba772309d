import type { Order, Report } from '../messages.ts';
import type { Scenario } from '../story/scenario.ts';
import type { StageSockets } from '../stage-sockets.ts';

/** What a program of the stage works with. */
export interface Part {
  readonly scenario: Scenario;
  readonly seed: number;
  readonly sockets: StageSockets;
  readonly onOrder: (listener: (order: Order) => void) => void;
  readonly report: (report: Report) => void;
}

/** An upstream closes a connection that was idle for so long. */
export const IDLE_MS = 3000;

/** The whole lines of a stream of text; the rest of it waits for its end. */
export function lineReader(onLine: (line: string) => void): (chunk: Buffer) => void {
  let rest = '';
  return (chunk) => {
    const lines = (rest + chunk.toString('latin1')).split('\n');
    rest = lines.pop() ?? '';
    lines.forEach(onLine);
  };
}
