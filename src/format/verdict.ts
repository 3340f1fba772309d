import type { GroupModel, Model } from '../model/model.ts';
import { formatCount, formatDuration, formatPercent, formatRate } from './units.ts';

/** The one-line answer to "who dies, and when": what must be said, and what may be cut. */
export interface Verdict {
  readonly severity: GroupModel['severity'];
  /** The group it is about; undefined where there is none. */
  readonly label?: string;
  /** Follows the label, or stands alone. */
  readonly statement: string;
  /** Figures in brackets; may be cut. */
  readonly figures: string;
}

/** Puts a model's worst group into words. */
export function verdictOf({ worst }: Model): Verdict {
  if (worst === undefined) return { severity: 'info', statement: 'No outgoing TCP connections: every port is free.', figures: '' };
  return { severity: worst.severity, label: worst.label, statement: statementFor(worst), figures: figuresFor(worst) };
}

/** The verdict as one sentence. */
export function verdictText(verdict: Verdict): string {
  return [verdict.label, verdict.statement, verdict.figures].filter(Boolean).join(' ');
}

function statementFor(group: GroupModel): string {
  if (group.free <= 0) return 'is OUT OF PORTS: connect() fails with EADDRNOTAVAIL';
  if (group.etaSeconds !== null) return `runs out of ports in ${formatDuration(group.etaSeconds)}`;
  if (group.severity !== 'info') return `has ${formatPercent(group.headroomPercent)} of its ports left, and no sign of running out`;
  return `is the fullest, with ${formatPercent(group.headroomPercent)} of its ports left: healthy`;
}

function figuresFor(group: GroupModel): string {
  return `(${formatRate(group.closeRate)} closes/s, ${formatCount(group.free)} of ${formatCount(group.usable)} left)`;
}
