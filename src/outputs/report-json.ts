import { SYSCTL_NAMES } from '../kernel/sysctl.ts';
import { pressureOn } from '../model/advice/cause.ts';
import { isEnough } from '../model/report/prevention.ts';
import type { RecordingReport } from '../model/report/recording-report.ts';
import type { TurningPoint } from '../model/report/turning-points.ts';
import { placeDocument, rounded } from './document.ts';
import { adviceDocuments } from './json.ts';

/** Name and version of the document. */
const SCHEMA = 'ephtop.report/1';

/** A report as a JSON document; names, meanings and units are a promise to scripts. */
export function reportDocument(report: RecordingReport) {
  const { first, last, worst, warned, groups, unseen } = report;
  const group = worst.worst;
  return {
    schema: SCHEMA,
    host: { hostname: last.host.hostname, kernel: last.host.kernel },
    place: placeDocument(last.place),
    recording: {
      from: time(report.fromMs),
      to: time(report.toMs),
      clockSetBack: report.setBack?.times ?? 0,
      samples: report.samples,
      looks: report.looks,
      source: first.sampling.replayOf ?? first.sampling.source,
    },
    timeline: report.points.map(pointDocument),
    incidents: report.incidents.map(({ sinceMs, untilMs, isFromBefore, points }) => ({
      since: time(sinceMs),
      orEarlier: isFromBefore,
      until: untilMs === undefined ? null : time(untilMs),
      timeline: points.map(pointDocument),
    })),
    groups: groups.map((course) => ({
      group: course.label,
      localAddress: course.worst.localAddress,
      remoteAddress: course.worst.remoteAddress,
      remotePort: course.worst.remotePort,
      severity: course.severity,
      usable: course.worst.usable,
      mostUsed: course.worst.used,
      leastHeadroomPercent: rounded(course.worst.headroomPercentAtLeast),
      worstAt: time(course.worstAtMs),
      outOfPortsSeconds: rounded(course.dryMs / 1000),
      refused: course.refused ?? null,
      mostRefusedPerSecond: rounded(course.mostRefusedPerSecond),
      usedPercent: course.usedRatios.map((ratio) =>
        ratio === undefined ? null : rounded(100 * ratio),
      ),
    })),
    refused: report.refused ?? null,
    cause: group === undefined ? null : causeDocument(report),
    // The time line has when they changed.
    sysctls: Object.fromEntries(
      SYSCTL_NAMES.map((name) => [name, { from: first.sysctls[name], to: last.sysctls[name] }]),
    ),
    advisedAtFirstWarning: warned?.advice.map(({ id }) => id) ?? [],
    advice: adviceDocuments(worst.advice),
    prevention: worst.advice.map((advice) => ({
      id: advice.id,
      headroomAfterMinute: rounded(advice.effect.headroomAfterMinute),
      // null: more may have been wanted than was seen.
      enough: advice.effect.isAtMost === true ? null : isEnough(advice),
    })),
    followed: report.followed.map(({ id, atMs, label, promised, came }) => ({
      id,
      at: time(atMs),
      group: label,
      headroomBefore: rounded(promised.headroomBefore),
      headroomAfter: rounded(promised.headroomAfter),
      headroomLeast: came === undefined ? null : rounded(came.leastPercent),
      headroomLast: came === undefined ? null : rounded(came.lastPercent),
    })),
    unseen: {
      damage: unseen.damage ?? null,
      missingBefore: unseen.missingEnds.start ? time(report.fromMs) : null,
      missingAfter: unseen.missingEnds.end ? time(report.toMs) : null,
      notes: unseen.notes.map(({ atMs, text }) => ({ from: time(atMs), text })),
      gaps: unseen.gaps.map(({ fromMs, toMs }) => ({ from: time(fromMs), to: time(toMs) })),
      remainderGroups: unseen.remainderGroups,
      ownersUnseen: unseen.ownersUnseen,
    },
  };
}

function causeDocument({ worst: { sample, worst: group } }: RecordingReport) {
  if (group === undefined) return null;
  const { cause, ports, taken } = pressureOn(sample, group);
  return {
    at: time(sample.takenAtMs),
    group: group.label,
    cause,
    ports: { ...ports },
    taken,
    byState: group.byState,
    closeRate: rounded(group.closeRate),
    uncertain: group.uncertain ?? null,
    owners: group.owners.map(({ pid, command, sockets }) => ({ pid, command, sockets })),
  };
}

function pointDocument({ kind, atMs, index, label, when, isAfterGap, change }: TurningPoint) {
  return {
    kind,
    at: time(atMs),
    sample: index,
    group: label ?? null,
    when: when ?? null,
    orEarlier: isAfterGap === true,
    change: change === undefined ? null : { name: change.name, from: change.from, to: change.to },
  };
}

function time(atMs: number): string {
  return new Date(atMs).toISOString();
}
