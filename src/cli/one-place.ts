import type { Invocation } from './invocation.ts';
import { OPTION_ENTRIES, type OptionName, type OptionsOf, type Topic } from './option-table.ts';
import { UsageError } from './usage-error.ts';

/** Throws UsageError for options that say of two places where to look, or how it cannot be looked there. */
export function requireOnePlace({
  options,
  isGiven,
}: Pick<Invocation<Partial<OptionsOf<Topic>>>, 'options' | 'isGiven'>): void {
  if (options.via === undefined) return;
  const elsewhere = OPTION_ENTRIES.filter(
    ([name, { topic }]) => topic === 'where' && name !== 'via',
  );
  const names: OptionName[] = [...elsewhere.map(([name]) => name), 'proc'];
  const other = OPTION_ENTRIES.find(([name]) => names.includes(name) && isGiven(name))?.[1];
  const flag = other?.flags.split(' ')[0];
  if (flag !== undefined)
    throw new UsageError(`--via and ${flag} name different places: give one of them.`);
  if (options.source === 'netlink')
    throw new UsageError('--via reads procfs through a shell: leave out --source netlink.');
}
