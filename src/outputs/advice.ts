import { printable } from '../kernel/foreign-text.ts';
import { placeTitle } from '../format/place.ts';
import { shortenEnd } from '../format/shorten.ts';
import { formatCount, formatPercent, formatRate } from '../format/units.ts';
import { verdictOf, verdictText } from '../format/verdict.ts';
import { wrapCommand, wrapWords } from '../format/wrap.ts';
import type { Advice } from '../model/advice/advice.ts';
import { heldSeconds } from '../model/forecast.ts';
import type { Model } from '../model/model.ts';
import { type PlaceModels, worstPlacesFirst } from '../model/places.ts';
import type { GroupModel } from '../model/group-model.ts';
import { SEVERITY_LIMITS } from '../model/severity.ts';
import { explainSysctls, type SysctlNote } from '../model/sysctl-notes.ts';
import { placeDocument } from './document.ts';
import { adviceDocuments } from './json.ts';

/** Names and version of the document that `adviceDocument` makes. */
const SCHEMA = 'ephtop.advice/1';

/** Columns of the text. */
const WIDTH = 80;
const INDENT = '   ';

/** Sysctls with their meaning, and suggestions, as a JSON document; the latter as the snapshot has them. */
export function adviceDocument(model: Model) {
  const { sample, advice } = model;
  return {
    schema: SCHEMA,
    takenAt: new Date(sample.takenAtMs).toISOString(),
    host: sample.host,
    place: placeDocument(sample.place),
    sysctls: explainSysctls(model).map(sysctlDocument),
    advice: adviceDocuments(advice),
  };
}

function sysctlDocument({ name, value, missing, shouldBe, meaning }: SysctlNote) {
  // null: this kernel has none. A value with nothing wrong should stay as it is.
  return { name, value: value ?? null, shouldBe: shouldBe ?? value ?? missing, meaning };
}

/** The same as text of 80 columns: what is wrong, the sysctls, then suggestions with commands to paste. */
export function adviceText(model: Model): string {
  const { host, takenAtMs } = model.sample;
  const lines = [
    `${placeTitle(model.sample)}  Linux ${printable(host.kernel)}  ${new Date(takenAtMs).toISOString()}`,
    ...wrapWords(verdictText(verdictOf(model)), WIDTH),
    ...healthLines(model),
    '',
    'SYSCTLS, and what they mean here',
    ...explainSysctls(model).flatMap(sysctlLines),
    '',
    ...suggestionLines(model),
  ];
  return lines.map((line) => line.trimEnd()).join('\n');
}

/**
 * The text for several places: those in trouble, the worst first, or else the worst one alone; and how many others there
 * are.
 */
export function placesAdviceText(models: PlaceModels): string {
  const sorted = worstPlacesFirst(models);
  const isTold = ({ worst }: Model) => worst !== undefined && worst.severity !== 'info';
  const told = sorted.filter((model, index) => index === 0 || isTold(model));
  const others = sorted.length - told.length;
  return [
    ...told.map(adviceText),
    ...(others === 0
      ? []
      : [`${formatCount(others)} more ${others === 1 ? 'place is' : 'places are'} healthy.`]),
  ].join('\n\n');
}

function healthLines({ advice, worst }: Model): string[] {
  if (worst === undefined || worst.severity !== 'info') return [];
  if (advice.some(({ severity }) => severity !== 'info')) return [];
  return wrapWords(`Healthy. ${distanceToTrouble(worst)}`, WIDTH);
}

/** How much more load turns the fullest group to warning. */
function distanceToTrouble(group: GroupModel): string {
  const warnedAt = (SEVERITY_LIMITS.warning.usedPercent / 100) * group.usable;
  const more = Math.max(0, Math.ceil(warnedAt) - group.used);
  const seconds = heldSeconds(group);
  const rate = seconds > 0 ? Math.max(0, warnedAt - group.liveUsed) / seconds : Infinity;
  const closes = Number.isFinite(rate)
    ? `, or at ${formatRate(rate)} closes/s (now ${formatRate(group.closeRate)})`
    : '';
  return `The fullest group turns to warning at ${SEVERITY_LIMITS.warning.usedPercent}% of its ports in use: with ${formatCount(more)} more connections${closes}.`;
}

function sysctlLines({ name, value, missing, shouldBe, meaning }: SysctlNote): string[] {
  const wanted = shouldBe === undefined ? '' : `  (should be ${shouldBe})`;
  const heading = `${name} = ${printable(value || 'none')}${wanted}`;
  return [
    value === undefined ? `${name}: ${missing}` : shortenEnd(heading, WIDTH, '…'),
    ...wrapWords(meaning, WIDTH - INDENT.length).map((line) => INDENT + line),
  ];
}

function suggestionLines({ advice }: Model): string[] {
  const [first] = advice;
  if (first === undefined) return ['SUGGESTIONS: none. No group would have more headroom.'];
  return [
    ...wrapWords(`SUGGESTIONS, best first, for ${first.effect.group}`, WIDTH),
    ...advice.flatMap((suggestion, index) => ['', ...adviceLines(suggestion, index + 1)]),
  ];
}

function adviceLines(suggestion: Advice, number: number): string[] {
  const { title, severity, why, commands, persist, caution, config } = suggestion;
  const urgent = severity === 'info' ? '' : ` [${severity}]`;
  const [heading = '', ...more] = wrapWords(`${title}${urgent}`, WIDTH - 4);
  const indented = (text: string) =>
    wrapWords(text, WIDTH - INDENT.length).map((line) => INDENT + line);
  return [
    `${`${number}.`.padEnd(INDENT.length)} ${heading}`,
    ...more.map((line) => `${INDENT} ${line}`),
    ...indented(effectText(suggestion)),
    ...indented(why),
    // Not indented: what is quoted may go on in the next line.
    ...commands.flatMap((command) => wrapCommand(command, WIDTH)),
    ...(persist === undefined
      ? []
      : [`${INDENT}To keep it across reboots:`, ...persistLines(persist)]),
    ...(config === undefined
      ? []
      : [
          `${INDENT}For ${config.program}:`,
          ...config.lines.map((line) => `${INDENT}${INDENT}${line}`),
        ]),
    ...(caution === undefined ? [] : indented(`Note: ${caution}`)),
  ];
}

/** A command, or advice in words. */
function persistLines(persist: string): string[] {
  return persist.startsWith('printf ')
    ? wrapCommand(persist, WIDTH)
    : wrapWords(persist, WIDTH - INDENT.length).map((line) => INDENT + line);
}

function effectText({ effect }: Advice): string {
  const { headroomBefore, headroomAfter, isGradual = false } = effect;
  return headroomAfter === headroomBefore
    ? `Headroom stays at ${formatPercent(headroomBefore)}.`
    : `Headroom ${formatPercent(headroomBefore)} → ${formatPercent(headroomAfter)}${isGradual ? ' within a minute' : ''}.`;
}
