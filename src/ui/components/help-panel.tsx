import { plain, sideBySide, type StyledLine, toned, wrapped } from '../../format/styled-line.ts';
import { KEYMAP } from '../keymap.ts';
import type { Glyphs } from '../theme.ts';
import { ScrolledLines } from './scrolled-lines.tsx';

export interface HelpPanelProps {
  /** First line shown. */
  readonly cursor: number;
  /** Terminal columns. */
  readonly columns: number;
  readonly rows: number;
  readonly glyphs: Glyphs;
}

/** All keys, and how to read the screen: as many lines as fit from the cursor on. */
export function HelpPanel({ columns, ...scrolling }: HelpPanelProps) {
  return <ScrolledLines lines={helpLines(columns, scrolling.glyphs)} {...scrolling} />;
}

/** What is explained, and in which words. */
type Entry = readonly [term: string, meaning: string];

const screenEntries = (glyphs: Glyphs): readonly Entry[] => [
  ['a row', 'connections of one source to one destination and port, which share the range'],
  ['HEADROOM', 'what is left of the usable ports: so many connect() calls still succeed'],
  ['EMPTY IN', 'when the last port goes, if the present rates hold; then connect() fails'],
  [`${glyphs.live} live`, 'ports of connections that are open'],
  [`${glyphs.timeWait} TW`, 'TIME_WAIT: closed, and the port is blocked for 60 s'],
  [`${glyphs.reusable} TW`, 'TIME_WAIT that connect() would take over'],
  [
    `${glyphs.free} free`,
    `${glyphs.cliff} half of them: beyond, connect() searches longer for each`,
  ],
  [
    `${glyphs.severity.warning} ${glyphs.severity.critical}`,
    '75% and 90% in use, or empty within 120 s and 30 s',
  ],
  [glyphs.gone, 'a group that has gone, with its last values'],
];

const FILTER: readonly Entry[] = [
  ['/ words', 'all must hold, ! turns one round: dst:10.0.9. port:8080 !owner:haproxy'],
  ['/ <20%', 'compares: headroom<20%  used>1000  tw>500  closes>10  eta<2m'],
];

const MOUSE: Entry = ['Mouse', 'click selects, again opens; on a title it sorts; wheel scrolls'];

const TERM_WIDTH = 10;

/** From this width on there are two columns. */
const TWO_COLUMNS = { width: 110, gap: 3 } as const;

/** The whole help, a line for each row of the screen. */
export function helpLines(columns: number, glyphs: Glyphs): StyledLine[] {
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
  const left = section('KEYS', [...keys(false), MOUSE]);
  const right = [
    ...section('KEYS OF PANELS', keys(true)),
    plain(''),
    ...section('THE SCREEN', screenEntries(glyphs)),
    plain(''),
    ...section('FILTER', FILTER),
  ];
  return isWide ? sideBySide(left, right, TWO_COLUMNS.gap) : [...left, plain(''), ...right];
}

/** The term in bold, and its meaning beside it. */
function entryLines([term, meaning]: Entry, width: number): StyledLine[] {
  const lines = wrapped(meaning, Math.max(1, width - TERM_WIDTH));
  return lines.map((line, index) => [
    { text: (index === 0 ? term : '').padEnd(TERM_WIDTH), tone: 'strong' },
    ...line,
  ]);
}
