import { printable } from '../kernel/foreign-text.ts';
import { type HostNames, NO_NAMES } from '../model/host-name.ts';
import type { GroupModel } from '../model/group-model.ts';
import { endpoint } from '../model/sample/tuple-label.ts';
import { shortenMiddle, shortenStart } from './shorten.ts';
import { stringWidth } from './string-width.ts';

/** Narrower, two cut addresses would tell less than one. */
export const BOTH_ADDRESSES_WIDTH = 38;

/** The destination has a port and brackets too. */
const SOURCE_SHARE = 0.4;
/** The end of an address is what tells it from its neighbours; less of it tells nothing. */
const SMALLEST_SOURCE = 3;

export interface ShortLabelProps {
  /** What stands for what is cut. */
  readonly ellipsis: string;
  readonly arrow: string;
  /** Shown instead of destination addresses. */
  readonly names?: HostNames;
  /** How much of the source stays where there is no room for it. */
  readonly source?: 'whole' | 'end' | 'none';
}

/**
 * A group's label in `width` columns at most: whole, with addresses cut in the middle, or without its source, of which
 * the end can stay (`end`), as that is what tells it from others. The port stays, and so does a bound device.
 */
export function shortLabel(
  group: Pick<GroupModel, 'localAddress' | 'remoteAddress' | 'remotePort' | 'device'>,
  width: number,
  { ellipsis, arrow, names = NO_NAMES, source = 'whole' }: ShortLabelProps,
): string {
  const { localAddress, remotePort, device } = group;
  const remoteAddress = names.get(group.remoteAddress) ?? group.remoteAddress;
  const lead = `${arrow} `;
  const bound = device === undefined ? '' : ` %${printable(device)}`;
  const cut = (address: string, room: number) => shortenMiddle(address, room, ellipsis);
  const destination = (room: number) => {
    const end = endpoint(remoteAddress, remotePort);
    const around = end.length - remoteAddress.length + lead.length + bound.length;
    return lead + end.replace(remoteAddress, () => cut(remoteAddress, room - around)) + bound;
  };
  const whole = `${localAddress} ${lead}${endpoint(remoteAddress, remotePort)}${bound}`;
  if (source !== 'none' && stringWidth(whole) <= width) return whole;
  if (source === 'none' || width < BOTH_ADDRESSES_WIDTH) {
    const text = destination(width);
    const room = width - stringWidth(text) - 1;
    return source === 'end' && room >= SMALLEST_SOURCE
      ? `${shortenStart(localAddress, room, ellipsis)} ${text}`
      : text;
  }
  const start = cut(localAddress, Math.floor(width * SOURCE_SHARE));
  return `${start} ${destination(width - start.length - 1)}`;
}
