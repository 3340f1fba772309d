import { spokenDetail } from './spoken-detail.ts';
import { groupSentence } from './spoken-group.ts';
import { spokenKeys } from './spoken-key.ts';
import { groupCount, machineSentences, spokenMark, spokenVerdict } from './spoken-overview.ts';
import {
  spokenCommands,
  spokenOpened,
  spokenOutcome,
  spokenSuggestion,
  spokenSysctl,
  spokenWhatIfMark,
  spokenWhatIfRow,
} from './spoken-panels.ts';
import { type SpokenLine, spokenText } from './spoken-text.ts';
import { whatIfRows } from '../../format/what-if.ts';
import { escapeControl } from '../../kernel/parse-error.ts';
import { NO_NAMES } from '../../model/host-name.ts';
import type { Model } from '../../model/model.ts';
import { explainSysctls } from '../../model/sysctl-notes.ts';
import { realModel, shownModel, type ViewState } from '../../store/view-state.ts';
import {
  fadingGroups,
  selectedGroup,
  selectedIndex,
  visibleGroups,
} from '../../store/visible-groups.ts';
import { KEYMAP } from '../keymap.ts';

/** Of so many groups the overview says all; the keys that move reach the others. */
const OVERVIEW_GROUPS = 8;

/** The view without its panels: verdict, machine, and the first groups. */
export function spokenOverview(state: ViewState): readonly SpokenLine[] {
  const model = realModel(state);
  if (model === undefined) return [];
  const groups = visibleGroups(state);
  const more = Math.max(0, groups.length - OVERVIEW_GROUPS) + model.sample.remainder.groups;
  return [
    ...present(spokenMark(state)),
    spokenVerdict(model, true),
    ...machineSentences(model),
    ...(state.filter === ''
      ? []
      : [`Only groups that match the filter ${escapeControl(state.filter)}:`]),
    ...(groups.length === 0 && model.groups.length > 0 ? [emptyText(model)] : []),
    ...groups.slice(0, OVERVIEW_GROUPS).map((_, index) => groupLine(state, index)),
    ...(more > 0 ? [`And ${groupCount(more).replace(' ', ' more ')}.`] : []),
  ];
}

/** All that the panel in the middle of the screen says; of the groups only which one is selected. */
export function spokenPanel(state: ViewState): readonly SpokenLine[] {
  const model = shownModel(state);
  if (model === undefined) return [];
  const rows = panelRows(state, model);
  if (state.panel === 'groups')
    return [`${groupCount(visibleGroups(state).length)}.`, ...spokenRow(state)];
  return [...introOf(state, model, rows.length), ...rows.flat(), ...endOf(state, model)];
}

/** What the cursor is at: the selected group, or a row of the panel with all that is said of it. */
export function spokenRow(state: ViewState): readonly SpokenLine[] {
  const model = shownModel(state);
  if (model === undefined) return [];
  if (state.panel !== 'groups') {
    const rows = panelRows(state, model);
    return rows[Math.min(state.panelCursor, rows.length - 1)] ?? introOf(state, model, 0);
  }
  const groups = visibleGroups(state);
  return groups.length === 0
    ? [emptyText(model)]
    : [groupLine(state, selectedIndex(groups, state.selected))];
}

/** How many rows the keys that move go through. */
export function spokenRowCount(state: ViewState): number {
  const model = shownModel(state);
  if (model === undefined) return 0;
  return state.panel === 'groups' ? visibleGroups(state).length : panelRows(state, model).length;
}

/** The rows of a panel, each in one or more lines; the one at the cursor has all that is said of it. */
function panelRows(state: ViewState, model: Model): readonly (readonly SpokenLine[])[] {
  const { panelCursor, whatIf } = state;
  const rows = <Item>(
    items: readonly Item[],
    say: (item: Item, place: { index: number; total: number; selected: boolean }) => string,
  ) => {
    const [total, cursor] = [items.length, Math.min(panelCursor, items.length - 1)];
    return items.map((item, index) => [say(item, { index, total, selected: index === cursor })]);
  };
  switch (state.panel) {
    case 'groups':
      return [];
    case 'sysctl':
      return rows(explainSysctls(model.sample), spokenSysctl);
    case 'advice': {
      const opened = Math.min(panelCursor, model.advice.length - 1);
      return rows(model.advice, spokenSuggestion).map((lines, index) => [
        ...lines,
        ...(index === opened ? model.advice.slice(index, index + 1).flatMap(spokenOpened) : []),
      ]);
    }
    case 'what-if':
      return rows(whatIfRows(realModel(state) ?? model, whatIf), spokenWhatIfRow);
    case 'help':
      return HELP.map((line) => [line]);
    case 'detail': {
      const group = selectedGroup(state);
      return group === undefined ? [] : spokenDetail(model, group).map((line) => [line]);
    }
  }
}

/** Stands before the rows of a panel, or in place of them. */
function introOf(state: ViewState, { advice }: Model, rows: number): readonly SpokenLine[] {
  switch (state.panel) {
    case 'sysctl':
      return ['Sysctls that matter. Up and down arrow say what each one means here.'];
    case 'advice':
      return rows === 0
        ? ['Nothing to change: no group would have more headroom.']
        : [`Suggestions, best first, for ${spokenText(advice[0]?.effect.group ?? '')}.`];
    case 'what-if':
      return [spokenWhatIfMark(state.whatIf)];
    case 'detail':
      return rows === 0 ? ['The selected group has no connections at this time.'] : [];
    case 'groups':
    case 'help':
      return [];
  }
}

function endOf(state: ViewState, model: Model): readonly SpokenLine[] {
  const { fallback } = model.sample.sampling;
  if (state.panel === 'sysctl' && fallback !== undefined)
    return [`The sockets are read from procfs: ${spokenText(fallback)}`];
  return state.panel === 'what-if' ? spokenConsequences(state) : [];
}

/** What the changes of the what-if panel bring, and how they are made. */
export function spokenConsequences(state: ViewState): readonly SpokenLine[] {
  const [real, outcome] = [realModel(state), shownModel(state)];
  if (real === undefined || outcome === undefined) return [];
  return [spokenOutcome(real, outcome), ...spokenCommands(state.whatIf, real)];
}

function groupLine(state: ViewState, index: number): string {
  const groups = visibleGroups(state);
  const group = groups[index];
  if (group === undefined) return '';
  const place = {
    position: index + 1,
    total: groups.length,
    selected: index === selectedIndex(groups, state.selected),
    gone: fadingGroups(state).includes(group),
  };
  return groupSentence(group, place, state.showNames ? state.hostNames : NO_NAMES);
}

function emptyText(model: Model): string {
  return model.groups.length > 0
    ? 'No group matches the filter; Escape clears it.'
    : 'No outgoing TCP connections.';
}

/** The keys, those of the whole view first. */
const HELP: readonly string[] = [
  'Help. Up and down arrow go through it line by line; Escape goes back.',
  'Capital L says everything again, but of a recording, where it goes to the end. A key that changes nothing says where you are.',
  ...KEYMAP.toSorted((a, b) => Number(a.panels !== undefined) - Number(b.panels !== undefined)).map(
    ({ keys, help }) => `${spokenKeys(keys)}: ${spokenText(help)}.`,
  ),
  'Headroom is what is left of the usable ports for one source, destination and destination port.',
  'Critical: 90 percent in use, or out of ports within 30 seconds. Warning: 75 percent, or within 120 seconds.',
];

/** The value in a list, or an empty one. */
export function present<Value>(value: Value | undefined): Value[] {
  return value === undefined ? [] : [value];
}
