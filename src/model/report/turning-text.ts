import { printable } from '../../kernel/foreign-text.ts';
import type { TurningKind, TurningPoint } from './turning-points.ts';

/** What a turning point says, before its group. */
const WORDS: Readonly<Record<Exclude<TurningKind, 'sysctl'>, string>> = {
  warning: 'first warning',
  critical: 'critical',
  refusal: 'connect() refused',
  exhaustion: 'OUT OF PORTS',
  recovery: 'ports again',
};

/** "OUT OF PORTS: 10.0.3.7 → 10.0.9.21:8080", "net.ipv4.tcp_tw_reuse: 0 → 1". */
export function turningText({ place, ...point }: TurningPoint): string {
  return place === undefined ? pointText(point) : `${place}: ${pointText(point)}`;
}

function pointText({ kind, label, change }: TurningPoint): string {
  if (kind === 'sysctl') {
    const text = (value: NonNullable<typeof change>['from']) =>
      value === null ? 'not there' : printable(value) || 'empty';
    return change === undefined
      ? 'a sysctl changed'
      : `${change.name}: ${text(change.from)} → ${text(change.to)}`;
  }
  return label === undefined ? WORDS[kind] : `${WORDS[kind]}: ${label}`;
}
