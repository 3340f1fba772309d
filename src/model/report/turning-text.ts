import { printable } from '../../kernel/foreign-text.ts';
import type { TurningKind, TurningPoint } from './turning-points.ts';

/** What a turning point says, before its group. */
const WORDS: Readonly<Record<Exclude<TurningKind, 'sysctl'>, string>> = {
  warning: 'first warning',
  critical: 'critical',
  refusal: 'connect() refused',
  exhaustion: 'OUT OF PORTS',
  recovery: 'ports again',
  over: 'the warning is over',
};

/** The same of what the first sample has. */
const AT_START: Readonly<Partial<typeof WORDS>> = { warning: 'a warning' };

/** Ends of what several groups had. */
const OF_SEVERAL: Readonly<Partial<typeof WORDS>> = {
  recovery: 'ports again for all groups',
  over: 'the warnings are over',
};

/** "OUT OF PORTS: 10.0.3.7 → 10.0.9.21:8080", "net.ipv4.tcp_tw_reuse: 0 → 1". */
export function turningText({ place, ...point }: TurningPoint): string {
  const text = whatTurned(point);
  const told =
    point.isAfterGap === true ? `${text} (or earlier: samples before it are missing)` : text;
  return place === undefined ? told : `${place}: ${told}`;
}

function whatTurned({ kind, label, change, when }: TurningPoint): string {
  if (kind === 'sysctl') {
    const text = (value: NonNullable<typeof change>['from']) =>
      value === null ? 'not there' : printable(value) || 'empty';
    return change === undefined
      ? 'a sysctl changed'
      : `${change.name}: ${text(change.from)} → ${text(change.to)}`;
  }
  return label === undefined ? (OF_SEVERAL[kind] ?? WORDS[kind]) : `${words(kind, when)}: ${label}`;
}

function words(kind: keyof typeof WORDS, when: TurningPoint['when']): string {
  if (when === 'before start') return 'was out of ports before the recording began';
  if (when === 'at start')
    return `${AT_START[kind] ?? WORDS[kind]} when the recording began, or before`;
  if (when === 'again') return kind === 'warning' ? 'warning again' : `${WORDS[kind]} again`;
  return WORDS[kind];
}
