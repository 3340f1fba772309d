import { printable } from '../kernel/foreign-text.ts';
import { headroomText, isUnderPressure, leftText, pressureText } from '../format/headroom.ts';
import { placeTitle } from '../format/place.ts';
import { ownerText } from '../format/owners.ts';
import {
  formatCount,
  formatCounted,
  formatEmptyIn,
  formatRate,
  formatShortCount,
} from '../format/units.ts';
import { verdictOf, verdictText } from '../format/verdict.ts';
import type { Model } from '../model/model.ts';
import type { GroupModel } from '../model/group-model.ts';
import { lullSeconds } from '../model/outage-state.ts';
import { endpoint } from '../model/sample/tuple-label.ts';
import { type Column, inColumns } from './columns.ts';

type GroupColumn = Column<GroupModel>;

/** A process' name has 15 bytes; escaped it is longer. */
const OWNER_WIDTH = 20;

const COLUMNS: readonly GroupColumn[] = [
  { title: 'SOURCE', text: (group) => group.localAddress, align: 'left' },
  {
    title: 'DESTINATION',
    text: (group) => endpoint(group.remoteAddress, group.remotePort),
    align: 'left',
  },
  { title: 'OWNER', text: (group) => ownerText(group, OWNER_WIDTH, '…'), align: 'left' },
  { title: 'USED', text: (group) => formatCount(group.used), align: 'right' },
  { title: 'USABLE', text: (group) => formatCount(group.usable), align: 'right' },
  { title: 'FREE', text: leftText, align: 'right' },
  { title: 'HEADROOM', text: headroomText, align: 'right' },
  { title: 'LIVE', text: (group) => formatShortCount(group.liveUsed), align: 'right' },
  {
    title: 'TW',
    text: (group) => formatShortCount(group.timeWaitUsed + group.reusable),
    align: 'right',
  },
  { title: 'CLOSE/S', text: (group) => formatRate(group.closeRate), align: 'right' },
];

function emptyIn(nowMs: number): GroupColumn {
  return {
    title: 'EMPTY IN',
    text: (group) => formatEmptyIn({ ...group, lullSeconds: lullSeconds(group, nowMs) }),
    align: 'right',
  };
}

/** Columns that appear only when ports run out. */
function pressureColumns({ groups }: Model): GroupColumn[] {
  if (!groups.some(isUnderPressure)) return [];
  const isSeen = groups.some(({ connectFailures }) => connectFailures !== undefined);
  return [{ title: isSeen ? 'REFUSED/S' : 'WANTED/S', text: pressureText, align: 'right' }];
}

/**
 * A model as lines of plain text: host, verdict, port space, then a row for each group. No escape codes. `written` makes
 * of a text what is shown of it, before columns are measured.
 */
export function snapshotTable(model: Model, written = (text: string) => text): string {
  const { host, sampling, portSpace, sysctls, takenAtMs } = model.sample;
  const columns = [...COLUMNS, ...pressureColumns(model), emptyIn(takenAtMs)];
  const lines = [
    `${placeTitle(model.sample)}  Linux ${printable(host.kernel)}  ${new Date(takenAtMs).toISOString()}  ${formatCounted(sampling.sockets, 'socket')} by ${sourceText(sampling)} in ${sampling.durationMs.toFixed(1)} ms`,
    verdictText(verdictOf(model)),
    `range ${portSpace.low}–${portSpace.high}  ${formatCount(portSpace.size)} ports  reserved ${formatCount(portSpace.reserved)}  held ${formatCount(portSpace.held)}  usable ${formatCount(portSpace.usable)}  tcp_tw_reuse ${printable(sysctls['net.ipv4.tcp_tw_reuse'] ?? 'unknown')}`,
    '',
    ...inColumns(columns, model.groups, written),
  ];
  return lines.map((line) => line.trimEnd()).join('\n');
}

function sourceText({ source, replayOf }: Model['sample']['sampling']): string {
  return replayOf === undefined ? source : `${source} of ${replayOf}`;
}
