import { foldTitle } from '../../format/fold.ts';
import { problemText } from '../../format/filter-problem.ts';
import { groupCount, placeLead, spokenMark, spokenVerdict } from './spoken-overview.ts';
import { sentence, type SpokenLine, spokenText } from './spoken-text.ts';
import { formatCount, formatCounted, formatInterval } from '../../format/units.ts';
import { printable } from '../../kernel/foreign-text.ts';
import { parseFilter } from '../../model/query/filter-words.ts';
import type { Action } from '../../store/actions.ts';
import { groupsOf } from '../../model/places.ts';
import {
  hasSeveralPlaces,
  heldScreen,
  realModel,
  realModels,
  shownModel,
  type ViewState,
} from '../../store/view-state.ts';
import { visibleGroups } from '../../store/visible-groups.ts';
import { present, spokenOverview, spokenPanel, spokenRow } from './spoken-screen.ts';
import { spokenConsequences } from './spoken-panels.ts';

/** What was said in answer to a key. */
export interface Narration {
  readonly lines: readonly SpokenLine[];
  /** The verdict is among them. */
  readonly hasVerdict: boolean;
}

/**
 * What is said about the effect of a key, the news first. A key that changes nothing says again where the user is. News
 * about the machine come from Announcer.
 */
export function narrate(action: Action, before: ViewState, after: ViewState): Narration {
  if (after.replay !== undefined && MOVES_REPLAY.has(action.type))
    return said(present(spokenMark(heldScreen(after))));
  switch (action.type) {
    case 'freeze':
    case 'time':
    case 'time-tenths':
    case 'live':
      return heldNarration(action, before, after);
    case 'escape':
      return before.panel === 'groups' && !before.editingFilter && before.past !== undefined
        ? heldNarration(action, before, after)
        : said(escapeLines(before, after));
    case 'what-if-step':
    case 'what-if-reset':
      // The notice says why nothing has changed, and is said as it comes; only a second time not.
      if (after.notice === undefined) return said(linesOf(action, after));
      return said(after.notice === before.notice ? [sentence(after.notice)] : []);
    default:
      return said(linesOf(action, after));
  }
}

/** What a recording is gone through with. */
const MOVES_REPLAY: ReadonlySet<Action['type']> = new Set([
  'freeze',
  'time',
  'time-tenths',
  'live',
  'interval',
]);

function linesOf(action: Action, after: ViewState): readonly SpokenLine[] {
  switch (action.type) {
    case 'move':
    case 'advice':
    case 'pick':
      return spokenRow(after);
    case 'sort':
    case 'invert':
    case 'sort-by':
      return [orderText(after), ...spokenRow(after)];
    case 'panel':
      return [...present(openedText(after)), ...spokenPanel(after)];
    case 'fold':
      return [foldText(after), ...spokenPanel(after)];
    case 'names':
      return [
        after.showNames ? 'Host names, where they are known.' : 'Addresses.',
        ...spokenRow(after),
      ];
    case 'filter-edit':
    case 'filter-text':
    case 'filter-backspace':
    case 'filter-erase':
      return [filterText(after)];
    case 'paste':
      return after.editingFilter ? [filterText(after)] : [];
    case 'filter-done':
      return after.editingFilter
        ? [filterProblem(after.filter) ?? filterText(after)]
        : [`Filter kept, ${shownText(after)}.`, ...spokenRow(after)];
    case 'what-if-step':
    case 'what-if-reset':
      return [
        ...spokenRow(after),
        ...present(shownModel(after)).flatMap((model) => spokenConsequences(after, model)),
      ];
    case 'interval':
      return [`A sample every ${spokenText(intervalText(after.intervalMs))}.`];
    case 'copy':
      return present(after.copiedLines).map((lines) =>
        lines === 0
          ? 'Nothing to copy: there is no command for this.'
          : `Copied ${formatCounted(lines, 'line')}, if the terminal takes OSC 52.`,
      );
    default:
      // A notice is said as it comes, whatever brings it.
      return [];
  }
}

/** What holds the screen, or that nothing does any more, and the verdict of what is on it. */
function heldNarration(action: Action, before: ViewState, after: ViewState): Narration {
  const isHeld = (state: ViewState) => state.past !== undefined || state.frozen !== undefined;
  const model = realModel(after);
  if (action.type === 'live' && !isHeld(before)) return said(spokenOverview(after), true);
  const stepBy = action.type === 'time' ? action.byMs : action.type === 'time-tenths' && action.by;
  if (stepBy !== false && realModels(before) === realModels(after))
    return said([stepBy < 0 ? 'No earlier time is kept.' : 'This is the newest.']);
  if (action.type === 'freeze' && isHeld(after))
    return said(present(spokenMark(heldScreen(after))));
  return said(
    [
      spokenMark(heldScreen(after)) ?? 'Live again.',
      ...(model === undefined
        ? []
        : [placeLead(hasSeveralPlaces(after), model) + spokenVerdict(model, false)]),
      ...(after.panel === 'groups' ? [] : spokenRow(after)),
    ],
    true,
  );
}

function escapeLines(before: ViewState, after: ViewState): readonly SpokenLine[] {
  if (before.folding !== after.folding) return [foldText(after), ...spokenPanel(after)];
  if (before.filter !== '' && after.filter === '')
    return [`Filter cleared, ${shownText(after)}.`, ...spokenRow(after)];
  return before.panel === after.panel && !before.editingFilter
    ? spokenRow(after)
    : spokenPanel(after);
}

function said(lines: readonly SpokenLine[], hasVerdict = false): Narration {
  return { lines, hasVerdict };
}

function orderText({ order }: ViewState): string {
  return `Sorted by ${ORDER_WORDS[order.column]}${order.inverted ? ', inverted' : ''}.`;
}

const ORDER_WORDS: Readonly<Record<ViewState['order']['column'], string>> = {
  place: 'place',
  group: 'label',
  headroom: 'headroom',
  used: 'ports in use',
  live: 'live connections',
  tw: 'TIME WAIT',
  closes: 'closes per second',
  eta: 'time left',
};

function foldText({ folding }: ViewState): string {
  return folding === undefined ? 'Not folded.' : `${foldTitle(folding).replace('f', 'F')}.`;
}

function openedText({ panel, openedFold }: ViewState): string | undefined {
  return panel === 'groups' && openedFold !== undefined
    ? 'Members of the fold; Escape goes back to the folds.'
    : undefined;
}

function shownText(state: ViewState): string {
  const shown = visibleGroups(state).length;
  return `${groupCount(shown)} of ${formatCount(groupsOf(realModels(state)).length)}`;
}

/** What is wrong with a filter; undefined: nothing. */
export function filterProblem(filter: string): string | undefined {
  const { problem } = parseFilter(filter);
  return problem === undefined
    ? undefined
    : `Filter ${printable(filter)}: not understood: ${problemText(problem, filter)}.`;
}

/** The filter as it is typed, and what comes of it; what is wrong with it may only be that it is not finished. */
function filterText(state: ViewState): string {
  const { filter } = state;
  if (filter === '')
    return `Filter: type words; Enter keeps them, Escape clears them. ${groupCount(visibleGroups(state).length)}.`;
  return filterProblem(filter) === undefined
    ? `Filter ${printable(filter)}: ${shownText(state)}.`
    : `Filter ${printable(filter)}.`;
}

/** "250 ms", "2 s": as `spokenText` reads units. */
function intervalText(intervalMs: number): string {
  return formatInterval(intervalMs)
    .replace(/(?<=\d)m$/, 'min')
    .replace(/(?<=\d)(?=[a-z])/, ' ');
}
