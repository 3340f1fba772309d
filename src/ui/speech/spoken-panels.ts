import type { Advice } from '../../model/advice/advice.ts';
import type { Model } from '../../model/model.ts';
import type { GroupModel } from '../../model/group-model.ts';
import type { SysctlNote } from '../../model/sysctl-notes.ts';
import type { WhatIf } from '../../model/what-if/changes.ts';
import { whatIfCommands } from '../../model/what-if/commands.ts';
import { realModel, type ViewState } from '../../store/view-state.ts';
import { placeText } from './spoken-group.ts';
import { sentence, type SpokenLine, spokenPercent, spokenText } from './spoken-text.ts';
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
  const shouldBe = note.shouldBe === undefined ? '' : `, should be ${note.shouldBe}`;
  const row = `${placeOf(place)}: ${note.name} is ${note.value ?? 'absent'}${shouldBe}.`;
  return place.selected ? `${row} ${spokenText(note.meaning)}` : row;
}

/** What a suggestion brings, and what it is. */
export function spokenSuggestion({ effect, title }: Advice, place: PanelPlace): string {
  const [before, after] = [effect.headroomBefore, effect.headroomAfter].map(spokenPercent);
  const change =
    before === after ? `headroom stays at ${before}` : `headroom from ${before} to ${after}`;
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

/** The outcome for the group that is worst now. */
export function spokenOutcome(real: Model, outcome: Model): string {
  const now = real.worst;
  const then = outcome.groups.find(({ key }) => key === now?.key);
  if (now === undefined || then === undefined) return 'No outgoing TCP connections.';
  return `Outcome for ${spokenText(now.label)}: headroom from ${spokenPercent(now.headroomPercent)} to ${spokenPercent(then.headroomPercent)}; ${endWords(now)} without the changes, ${endWords(then)} with them.`;
}

/** What the changes of the what-if panel bring, and how they are made; `outcome` is the model on the screen. */
export function spokenConsequences(state: ViewState, outcome: Model): readonly SpokenLine[] {
  const real = realModel(state);
  return real === undefined
    ? []
    : [spokenOutcome(real, outcome), ...spokenCommands(state.whatIf, real)];
}

/** What makes the changes true on the machine of this model. */
export function spokenCommands(changes: WhatIf, { sample }: Model): readonly SpokenLine[] {
  const { commands, notes } = whatIfCommands(changes, sample);
  return [...commandLines(commands), ...notes.map(spokenText)];
}

function endWords({ free, etaSeconds, growthPerSecond }: GroupModel): string {
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
