import { printable } from '../../kernel/foreign-text.ts';
import type { Advice } from '../../model/advice/advice.ts';
import type { Model } from '../../model/model.ts';
import type { SysctlNote } from '../../model/sysctl-notes.ts';
import { isAsItIs, type WhatIf } from '../../model/what-if/changes.ts';
import { whatIfCommands } from '../../model/what-if/commands.ts';
import { type Course, whatIfFigures } from '../../model/what-if/figures.ts';
import { whatIfPrices } from '../../model/what-if/prices.ts';
import { realModel, type ViewState } from '../../store/view-state.ts';
import { placeText } from './spoken-group.ts';
import { sentence, type SpokenLine, spokenPercent, spokenText } from './spoken-text.ts';
import { laterPercent } from '../../format/headroom.ts';
import { formatDuration } from '../../format/units.ts';
import { type WhatIfRow, whatIfMark } from '../../format/what-if.ts';

/** A row of a panel: its number from 0, of how many, and whether it is the one that is looked at. */
export interface PanelPlace {
  readonly index: number;
  readonly total: number;
  readonly selected: boolean;
}

/** One sysctl; what it means here is said of the selected one. */
export function spokenSysctl(note: SysctlNote, place: PanelPlace): string {
  const ifShort =
    note.ifShort === undefined ? '' : `, recommended if short of ports: ${note.ifShort}`;
  const value = note.value === '' ? 'none' : printable(note.value ?? note.missing);
  const row = `${placeOf(place)}: ${note.name} is ${value}${ifShort}.`;
  return place.selected ? `${row} ${spokenText(note.meaning)}` : row;
}

/** What a suggestion brings, and what it is. */
export function spokenSuggestion({ effect, title }: Advice, place: PanelPlace): string {
  const [before, after] = [effect.headroomBefore, effect.headroomAfter].map(spokenPercent);
  const change =
    before === after
      ? `headroom stays at ${before}`
      : `headroom from ${before} to ${after}${effect.isGradual === true ? ' within a minute' : ''}`;
  return `${placeOf(place)}: ${change}: ${sentence(spokenText(title))}`;
}

/** Reason, commands and risk of the suggestion that is opened. */
export function spokenOpened({
  why,
  commands,
  caution,
  persist,
  config,
}: Advice): readonly SpokenLine[] {
  return [
    spokenText(why),
    ...commandLines(commands),
    ...(caution === undefined ? [] : [`Note: ${spokenText(caution)}`]),
    ...(persist === undefined ? [] : ['To keep it across reboots:', verbatim(persist)]),
    ...(config === undefined ? [] : [`For ${config.program}:`, ...config.lines.map(verbatim)]),
  ];
}

/** One thing that can be changed. */
export function spokenWhatIfRow({ name, now, changed }: WhatIfRow, place: PanelPlace): string {
  const then = changed === undefined ? '' : `, then ${spokenText(changed)}`;
  const present = now === AS_NOW ? AS_NOW : `now ${spokenText(now)}`;
  return `${placeOf(place)}: ${name}, ${present}${then}.`;
}

/** The text of whatIfRows for an unchanged factor. */
const AS_NOW = 'as now';

/** Says that the figures are hypothetical, and which changes they assume. */
export function spokenWhatIfMark(changes: WhatIf): string {
  return `${spokenText(whatIfMark(changes, Infinity)).trim().replace('WHAT IF', 'What if').replace('Esc', 'Escape')}.`;
}

/** The figures for the group that is worst now: as it is, and with the changes if there are any. */
export function spokenOutcome(real: Model, outcome: Model, changes: WhatIf): string {
  const figures = whatIfFigures(real, outcome, changes);
  if (figures === undefined) return 'No outgoing TCP connections.';
  const asItIs = `As it is, ${spokenText(figures.group.label)} has ${courseWords(figures.asItIs)}.`;
  return isAsItIs(changes)
    ? asItIs
    : `With the changes, ${courseWords(figures.changed)}. ${asItIs}`;
}

function courseWords(course: Course): string {
  const { now, inAMinute, settled, isAtMost } = course;
  const later = (percent: number) => spokenText(laterPercent(percent, isAtMost));
  return `${spokenPercent(now)} headroom now, ${later(inAMinute)} in a minute, ${later(settled)} once settled, ${endWords(course)}`;
}

/** What the changes of the what-if panel bring, and how they are made; `outcome` is the model on the screen. */
export function spokenConsequences(state: ViewState, outcome: Model): readonly SpokenLine[] {
  const real = realModel(state);
  return real === undefined
    ? []
    : [spokenOutcome(real, outcome, state.whatIf), ...spokenCommands(state.whatIf, real)];
}

/** What makes the changes true on the machine of this model, and what they cost. */
export function spokenCommands(changes: WhatIf, model: Model): readonly SpokenLine[] {
  const { commands, notes } = whatIfCommands(changes, model.sample);
  const prices = whatIfPrices(changes, model).map((price) => `Note: ${price}`);
  return [...commandLines(commands), ...[...notes, ...prices].map(spokenText)];
}

function endWords({ free, etaSeconds, growthPerSecond }: Course): string {
  if (free <= 0) return 'out of ports now';
  if (etaSeconds === null && growthPerSecond === undefined) return 'growth not known yet';
  return etaSeconds === null
    ? 'never out of ports'
    : `out of ports in ${spokenText(formatDuration(etaSeconds))}`;
}

function commandLines(commands: readonly string[]): readonly SpokenLine[] {
  if (commands.length === 0) return [];
  return [commands.length === 1 ? 'The command:' : 'The commands:', ...commands.map(verbatim)];
}

const verbatim = (text: string) => ({ verbatim: text });

function placeOf({ index, total, selected }: PanelPlace): string {
  return placeText({ position: index + 1, total, selected });
}
