import type { Machine } from './machine.ts';
import { section, whole } from './markdown.ts';
import { firstFrameTable, viewerTable } from './program-tables.ts';
import { costTable, floorTable, toolTable } from './reading-tables.ts';
import type { BenchResults, ReadingResult } from './results.ts';

/** The whole run as Markdown tables; a table without rows is left out. */
export function report(results: BenchResults): string {
  const { machine, readings, viewers, firstFrames } = results;
  const sections = [
    machineSection(machine),
    section('A sample against its floor in C', FLOOR_TEXT, floorTable(readings)),
    section('One look against the usual tools', TOOL_TEXT, toolTable(readings)),
    section('Cost per socket', COST_TEXT, costTable(readings)),
    section('The whole program', VIEWER_TEXT, viewerTable(viewers)),
    section('Time to the first frame', FRAME_TEXT, firstFrameTable(firstFrames)),
    notesSection(results),
  ];
  return `${sections.filter((text) => text !== '').join('\n\n')}\n`;
}

const FLOOR_TEXT =
  'The floor is a C program that reads the same, IPv4 and IPv6, with a buffer as large, and parses nothing. ' +
  '“Parsed”: into the table of sockets, with sysctls and counters. “Grouped”: the sample that the program shows, without owners, which the target is for. ' +
  'With other numbers of sockets, the ratio may be 0.1 above the target at 200,000. ' +
  'Ratios are medians of the ratios of each round.';
const TOOL_TEXT =
  'Whole processes from start to end, output thrown away, against a sample of ephtop over netlink, grouped. ' +
  'The target of `ephtop` is for its own time, at 28,000 sockets.';
const COST_TEXT = 'Nanoseconds a socket.';
const VIEWER_TEXT =
  'In a terminal of 120x40, unless the situation names another size. CPU in percent of one core, all threads and child processes: the mean, and the range of its fifths. ' +
  'Ephtop is asked for 4 samples a second, with a budget (`--cpu-budget 100%`) that never slows it down; while the counters of the kernel stand still it looks less often by itself. ' +
  '“Floor” is the C program that dumps the sockets over netlink and parses nothing, 4 times a second; `watch -n1` runs `ss -tan | awk`; `htop` and `btop` run as they are by default. ' +
  'Resident memory is that of the process itself, 13 s after its first screen, when what only the start needed has been given back, and at the end (1 s after it for the others, and 5 s with the default budget).';
const FRAME_TEXT =
  'From the start of the process to the title row of its table. “Cold”: the very first start, before the compile cache is filled.';

function machineSection(machine: Machine): string {
  const gibibytes = (bytes: number) => `${(bytes / 1024 ** 3).toFixed(1)} GiB`;
  const slots =
    machine.hashSlots === undefined
      ? ''
      : `; ${whole(machine.hashSlots)} slots in the kernel's table of connections`;
  return [
    '## Machine',
    '',
    `${machine.cpuModel}, ${machine.cores} cores, ${gibibytes(machine.memoryBytes)} of memory (${gibibytes(machine.availableBytes)} available), ` +
      `Linux ${machine.kernel}, Node ${machine.nodeVersion}; load ${machine.load.toFixed(1)} at the start${slots}. ${machine.date}.`,
  ].join('\n');
}

function notesSection({ leftOut, readings, notes }: BenchResults): string {
  const missing = new Set(readings.flatMap((reading) => reading.missing));
  const lines = [
    ...leftOut.map(({ sockets, reason }) => `${whole(sockets)} sockets: ${reason}.`),
    ...[...missing].map((name) => `${name}: not installed here.`),
    ...readings.filter(hasLostSockets).map(lossNote),
    ...notes,
  ];
  if (lines.length === 0) return '';
  return ['## Left out, and reservations', '', ...lines.map((line) => `- ${line}`)].join('\n');
}

/** TIME_WAIT ends after a minute; readings of fewer sockets than named must not pass unnoticed. */
const TOLERATED_LOSS = 0.01;

function hasLostSockets({ sockets, timeWaits }: ReadingResult): boolean {
  return Math.min(timeWaits.start, timeWaits.end) < sockets * (1 - TOLERATED_LOSS);
}

function lossNote({ sockets, timeWaits }: ReadingResult): string {
  return `${whole(sockets)} sockets: there were ${whole(timeWaits.start)} at the first round and ${whole(timeWaits.end)} after the last.`;
}
