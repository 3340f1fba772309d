import { joinPortRanges } from '../../kernel/port-range.ts';
import { cautionOfBare, commandIn } from '../advice/in-place.ts';
import { reservePorts } from '../reserve-command.ts';
import type { Sample } from '../sample/sample.ts';
import { reuseRule } from '../sample/time-wait.ts';
import type { WhatIf } from './changes.ts';
import { reservedUnder } from './reservation.ts';

/** How to make the changes real. */
export interface WhatIfCommands {
  /** Can be run as they stand, by root. */
  readonly commands: readonly string[];
  /** What to change elsewhere; a sentence each. */
  readonly notes: readonly string[];
}

/** How to make the changes real on the machine of this sample. */
export function whatIfCommands(changes: WhatIf, sample: Sample): WhatIfCommands {
  const commands: string[] = [];
  const notes: string[] = [];
  const { range, reuse, destinations = 1, sources = 1, keepAlivePercent = 0 } = changes;
  if (range !== undefined) {
    const { reserved, added } = reservedUnder(sample, range);
    if (added.length > 0) commands.push(reservePorts(reserved, joinPortRanges(added)).command);
    commands.push(`sysctl -w net.ipv4.ip_local_port_range="${range.low} ${range.high}"`);
  }
  if (reuse !== undefined) {
    commands.push(`sysctl -w net.ipv4.tcp_tw_reuse=${reuse}`);
    if (reuse !== 0 && !reuseRule(sample.sysctls).timestamps)
      notes.push('TCP timestamps are off: without net.ipv4.tcp_timestamps=1 nothing is reused.');
  }
  const caution = commands.length > 0 ? cautionOfBare(sample.place) : undefined;
  if (caution !== undefined) notes.push(caution);
  if (destinations > 1)
    notes.push(`Spread each destination over ${destinations} addresses or ports.`);
  if (sources > 1)
    notes.push(`Connect from ${sources} source addresses, with IP_BIND_ADDRESS_NO_PORT.`);
  if (keepAlivePercent > 0)
    notes.push(
      `Send ${keepAlivePercent}% of the requests over open connections: HTTP keep-alive, or a pool.`,
    );
  return { commands: commands.map((command) => commandIn(sample.place, command)), notes };
}
