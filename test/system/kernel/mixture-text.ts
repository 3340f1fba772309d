import type { Endpoint } from '../../helpers/namespace-protocol.ts';
import { specialText } from './mixture-special.ts';
import type { Batch, Mixture, Pair } from './mixture.ts';

/** `127.0.0.1 → [::1]:8080`. */
export function pairText({ source, destination }: Pair): string {
  return `${source} → ${endpointText(destination)}`;
}

/** A mixture in lines that say what is done, in the order in which it is done. */
export function mixtureText(mixture: Mixture): string {
  const { low, high, reserved, listeners, udp, batches, bound } = mixture;
  const when = (late: boolean) => (late ? ' (after the connections)' : '');
  const boundLine =
    bound === null
      ? []
      : [
          `${bound.count} by bind((ip, 0)), then connect(), ${bound.end}, ${groupText(mixture, bound.group)}`,
        ];
  return [
    `range ${low}–${high}, ${high - low + 1} ports`,
    `tcp_tw_reuse ${mixture.twReuse}, delay ${mixture.reuseDelayMs} ms, tcp_timestamps ${mixture.timestamps}`,
    ...(reserved.ports === '' ? [] : [`reserved ${reserved.ports}${when(reserved.late)}`]),
    ...listeners.map((listener) => `listener on ${endpointText(listener)}${when(listener.late)}`),
    ...udp.map((endpoint) => `UDP socket on ${endpointText(endpoint)}`),
    ...(mixture.special === null
      ? []
      : [specialText(mixture.special, (group) => groupText(mixture, group))]),
    ...(bound?.last === false ? boundLine : []),
    ...batches.filter(({ old }) => old).map((batch) => batchText(mixture, batch)),
    ...batches.filter(({ old }) => !old).map((batch) => batchText(mixture, batch)),
    ...(bound?.last === true ? boundLine : []),
    ...mixture.fill.map(({ group, way }) => `fill ${groupText(mixture, group)} by ${way}`),
  ].join('\n');
}

function batchText(mixture: Mixture, { count, group, way, end, old }: Batch): string {
  const age = old ? 'old' : 'young';
  return `${count} ${age} by ${way}, ${end}, ${groupText(mixture, group)}`;
}

function groupText({ pairs }: Mixture, group: number): string {
  const pair = pairs[group];
  return pair === undefined ? `group ${group}` : pairText(pair);
}

function endpointText({ address, port }: Endpoint): string {
  return address.includes(':') ? `[${address}]:${port}` : `${address}:${port}`;
}
