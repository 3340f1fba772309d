import { SEVERITY_LIMITS } from '../model/severity.ts';
import { oneMore, parseLowerBound, parseRangeOption, parseTimeout } from './check-options.ts';
import { parseListen } from './listen-address.ts';
import { parseCount, parseName } from './options.ts';

/** The part of the table of options that is for check, the exporter and metrics. */
export const HEADLESS_OPTIONS = {
  warning: {
    flags: '-w, --warning <range>',
    description:
      'WARNING if the percentage of usable ports in use in the fullest group is outside this range',
    topic: 'check',
    parse: parseRangeOption,
    default: parseRangeOption(`${SEVERITY_LIMITS.warning.usedPercent}%`),
    defaultText: `${SEVERITY_LIMITS.warning.usedPercent}%`,
  },
  critical: {
    flags: '-c, --critical <range>',
    description:
      'CRITICAL if the percentage of usable ports in use in the fullest group is outside this range',
    topic: 'check',
    parse: parseRangeOption,
    default: parseRangeOption(`${SEVERITY_LIMITS.critical.usedPercent}%`),
    defaultText: `${SEVERITY_LIMITS.critical.usedPercent}%`,
  },
  etaWarning: {
    flags: '--eta-warning <duration>',
    description: 'WARNING if a group runs out of ports in less than this; 0 switches it off',
    topic: 'check',
    parse: parseLowerBound,
    default: SEVERITY_LIMITS.warning.etaSeconds,
    defaultText: `${SEVERITY_LIMITS.warning.etaSeconds}s`,
  },
  etaCritical: {
    flags: '--eta-critical <duration>',
    description: 'CRITICAL if a group runs out of ports in less than this; 0 switches it off',
    topic: 'check',
    parse: parseLowerBound,
    default: SEVERITY_LIMITS.critical.etaSeconds,
    defaultText: `${SEVERITY_LIMITS.critical.etaSeconds}s`,
  },
  timeout: {
    flags: '-t, --timeout <duration>',
    description: 'give up and be UNKNOWN after this time',
    topic: 'check',
    parse: parseTimeout,
    default: 10_000,
    defaultText: '10s',
  },
  verbose: {
    flags: '-v, --verbose',
    description: 'more in the line; -vv: more lines, one for each group',
    topic: 'check',
    parse: oneMore,
    default: 0,
    defaultText: '',
  },
  maxGroups: {
    flags: '--max-groups <n>',
    description: 'how many groups have series of their own, the fullest; the others are summed up',
    topic: 'metrics',
    parse: parseCount,
    default: 50,
    defaultText: '50',
  },
  listen: {
    flags: '--listen <address>',
    description: 'address and port to listen on, such as :19717 or [::1]:19717',
    topic: 'server',
    parse: parseListen,
    default: parseListen('127.0.0.1:19717'),
    defaultText: '127.0.0.1:19717',
  },
  'web.config.file': {
    flags: '--web.config.file <file>',
    description: "TLS and basic authentication, in the format of Prometheus' exporter-toolkit",
    topic: 'server',
    parse: parseName,
  },
} as const;
