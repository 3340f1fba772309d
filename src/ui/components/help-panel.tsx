import { plain, sideBySide, type StyledLine, toned, wrapped } from '../../format/styled-line.ts';
import { SEVERITY_LIMITS } from '../../model/severity.ts';
import { KEYMAP } from '../keymap.ts';
import { arrows } from '../text-scroll.ts';
import type { Glyphs } from '../theme.ts';
import { ScrolledLines } from './scrolled-lines.tsx';

export interface HelpPanelProps {
  /** First line shown. */
  readonly cursor: number;
  /** Terminal columns. */
  readonly columns: number;
  readonly rows: number;
  readonly glyphs: Glyphs;
  /** True in the demo. */
  readonly isDemo?: boolean;
}

/** All keys, and how to read the screen: as many lines as fit from the cursor on. */
export function HelpPanel({ columns, isDemo, ...scrolling }: HelpPanelProps) {
  const lines = helpLines(columns, scrolling.glyphs, isDemo);
  return <ScrolledLines lines={lines} columns={columns} {...scrolling} />;
}

/** What is explained, and in which words. */
type Entry = readonly [term: string, meaning: string];

const { warning, critical } = SEVERITY_LIMITS;

const screenEntries = (glyphs: Glyphs): readonly Entry[] => [
  ['a row', 'one source, and one destination with its port'],
  ['HEADROOM', 'share of ports still free for connect()'],
  ['≥', 'at least; Enter says why it may be more'],
  ['EMPTY IN', 'when connect() fails, if the present rates hold'],
  ['9 s ago', 'it failed then, and will again at any moment'],
  [`${glyphs.live} live`, 'ports of connections that are open'],
  [`${glyphs.timeWait} TW`, 'TIME_WAIT: closed, but still blocks its port'],
  [`${glyphs.reusable} TW`, 'TIME_WAIT that connect() would take over'],
  [`${glyphs.free} free`, `${glyphs.cliff} half: past it, connect() is slower`],
  [
    `${glyphs.severity.warning} ${glyphs.severity.critical}`,
    `${warning.usedPercent}%, ${critical.usedPercent}% in use, or empty within ${warning.etaSeconds} s, ${critical.etaSeconds} s`,
  ],
  ['W C R E', 'turned: warning, critical, refused, ran out'],
  ['O S', 'turned: it is over, a sysctl changed'],
  [glyphs.gone, 'a group that has gone, with its last values'],
  [arrows(glyphs).join(' '), 'the worst group, outside its place in the order'],
];

const FILTER: readonly Entry[] = [
  ['/ words', 'all must hold: dst:10.0.9. port:80 !owner:node'],
  ['/ <20%', 'headroom<20%  used>1000  tw>500  eta<2m'],
];

const DEMO: readonly Entry[] = [
  ['1–9', 'follow the suggestion of this number, for real'],
  ['space', 'pause the clients; TIME_WAIT goes on'],
  ['Ctrl-R', 'play again from the start, in a new namespace'],
];

const MOUSE: Entry = ['Mouse', 'click selects, again opens; text in suggestions'];

const TERM_WIDTH = 10;

/** From this width on there are two columns. */
const TWO_COLUMNS = { width: 110, gap: 3 } as const;

/** The whole help, a line for each row of the screen. */
export function helpLines(columns: number, glyphs: Glyphs, isDemo = false): StyledLine[] {
  const isWide = columns >= TWO_COLUMNS.width;
  const width = isWide ? Math.floor((columns - 2 - TWO_COLUMNS.gap) / 2) : columns - 2;
  const section = (title: string, entries: readonly Entry[]) => [
    toned('strong', title),
    ...entries.flatMap((entry) => entryLines(entry, width)),
  ];
  const keys = (isOfPanels: boolean) =>
    KEYMAP.filter(({ panels }) => (panels !== undefined) === isOfPanels).map(
      ({ label, help }): Entry => [label, help],
    );
  const lines = [
    ...(isDemo ? [...section('KEYS OF THE DEMO, BEFORE ALL OTHERS', DEMO), plain('')] : []),
    ...section('KEYS', [...keys(false), MOUSE]),
    plain(''),
    ...section('KEYS OF PANELS', keys(true)),
    plain(''),
    ...section('THE SCREEN AND ITS FILTER', [...screenEntries(glyphs), ...FILTER]),
  ];
  if (!isWide) return lines;
  const half = Math.ceil(lines.length / 2);
  return sideBySide(lines.slice(0, half), lines.slice(half), TWO_COLUMNS.gap);
}

/** The term in bold, and its meaning beside it. */
function entryLines([term, meaning]: Entry, width: number): StyledLine[] {
  const lines = wrapped(meaning, Math.max(1, width - TERM_WIDTH));
  return lines.map((line, index) => [
    { text: (index === 0 ? term : '').padEnd(TERM_WIDTH), tone: 'strong' },
    ...line,
  ]);
}
