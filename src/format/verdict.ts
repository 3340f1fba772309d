import type { Model } from '../model/model.ts';
import type { GroupModel } from '../model/group-model.ts';
import { formatCount, formatDuration, formatPercent, formatRate } from './units.ts';

/** The one-line answer to "who dies, and when": what must be said, and what may be cut. */
export interface Verdict {
  readonly severity: GroupModel['severity'];
  /** The group it is about; undefined where there is none. */
  readonly label?: string;
  /** Follows the label, or stands alone. */
  readonly statement: string;
  /** What may be left out where there is no room, least important last. */
  readonly details: readonly string[];
}

/** Puts a model's worst group into words. */
export function verdictOf({ sample, worst }: Model): Verdict {
  if (worst === undefined && sample.sampling.isPartial === true)
    return {
      severity: 'warning',
      statement: 'Not all sockets could be read: which ports are free is not known.',
      details: [],
    };
  if (worst === undefined)
    return {
      severity: 'info',
      statement: 'No outgoing TCP connections: every port is free.',
      details: [],
    };
  return {
    severity: worst.severity,
    label: worst.label,
    statement: statementFor(worst),
    details: detailsFor(worst),
  };
}

/** The verdict as one sentence. */
export function verdictText(verdict: Verdict): string {
  return [verdict.label, verdict.statement, ...verdict.details].filter(Boolean).join(' ');
}

function statementFor(group: GroupModel): string {
  if (group.free <= 0) return 'is OUT OF PORTS: connect() fails';
  if (group.etaSeconds !== null) return `runs out of ports in ${formatDuration(group.etaSeconds)}`;
  return `has ${formatPercent(group.headroomPercent)} of its ports left`;
}

function detailsFor(group: GroupModel): string[] {
  const left = `${formatCount(group.free)} of ${formatCount(group.usable)} left`;
  const figures =
    group.closeRate > 0 ? `(${formatRate(group.closeRate)} closes/s, ${left})` : `(${left})`;
  if (group.free <= 0) return ['with EADDRNOTAVAIL', figures];
  if (group.etaSeconds !== null) return [figures];
  const praise = group.uncertain === undefined ? ': healthy' : ', as far as can be told';
  return group.severity === 'info'
    ? [`and is the fullest${praise}`, figures]
    : ['and does not get fuller', figures];
}
