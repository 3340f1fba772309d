import { SCENARIO_IDS } from '../demo/story/scenario.ts';
import { SHELLS } from '../outputs/completion/command-line.ts';
import { CHECK_EXIT, type ExitStatuses, EXIT } from './exit-statuses.ts';
import type { Invocation } from './invocation.ts';
import type { Format, OptionName, OptionsOf, Topic } from './option-table.ts';

/** What every command has options of: all of them write text. */
type CommonTopic = 'characters';
const COMMON_TOPIC: CommonTopic = 'characters';

/** What the table says of a command that can use the options of topics `T`. */
interface CommandEntry<T extends Topic> {
  readonly description: string;
  /** Its argument as commander writes it, and what that is. */
  readonly argument?: readonly [name: string, description: string];
  /** What the argument may be: these, or the words of all commands; left out: anything. */
  readonly argumentChoices?: readonly string[] | 'commands';
  /** Besides those of the topics that every command has. */
  readonly topics: readonly T[];
  /** The choices of --format, its default first. */
  readonly formats?: readonly [Format, ...Format[]];
  readonly exit: ExitStatuses;
  /** What --help says below the options, in lines of at most 80 columns. */
  readonly notes?: string;
  /** Resolves when its work is done. */
  run(invocation: Invocation<OptionsOf<T | CommonTopic>>): Promise<void>;
}

const CHECK_NOTES = `
Ranges, whose ends belong to them; percent signs may follow the numbers:
  75      0 to 75            10:     10 and more
  ~:75    75 and less        10:20   10 to 20
  @10:20  raises the state inside 10:20, not outside

Exit status: 0 OK, 1 WARNING, 2 CRITICAL, 3 UNKNOWN, which is everything else:
no answer in time, a wrong option, --help, --version.`;

/** Makes the compiler compare the topics with the options that `run` takes. */
function command<const T extends Topic>(entry: CommandEntry<T>): CommandEntry<Topic> {
  // Extra options do not change what `run` does.
  return entry as unknown as CommandEntry<Topic>;
}

/**
 * Every command, by the word that starts it; `live` has none. Each loads only what it needs, as the sampling
 * thread is to be under way as early as can be.
 */
export const COMMANDS = {
  live: command({
    description: 'A live, top-style monitor for ephemeral TCP port exhaustion on Linux.',
    topics: ['pace', 'where', 'source', 'budget', 'groups', 'order', 'view', 'drawing', 'debug'],
    exit: EXIT,
    run: async (invocation) => (await import('./live.ts')).runLive(invocation),
  }),
  snapshot: command({
    description: 'Print one sample, or several, and exit.',
    topics: [
      'format',
      'count',
      'metrics',
      'pace',
      'where',
      'source',
      'groups',
      'order',
      'drawing',
      'debug',
    ],
    formats: ['table', 'json', 'prometheus'],
    exit: EXIT,
    run: async (invocation) => (await import('./snapshot.ts')).runSnapshot(invocation),
  }),
  check: command({
    description: 'Check once, as a plugin of Icinga, Nagios, Sensu or Checkmk.',
    topics: ['check', 'where', 'source', 'groups', 'debug'],
    exit: CHECK_EXIT,
    notes: CHECK_NOTES,
    run: async (invocation) => (await import('./check.ts')).runCheck(invocation),
  }),
  exporter: command({
    description: 'Serve metrics for Prometheus.',
    topics: ['server', 'metrics', 'where', 'source', 'groups', 'debug'],
    exit: EXIT,
    run: async (invocation) => (await import('./exporter.ts')).runExporter(invocation),
  }),
  advise: command({
    description: 'Explain the sysctls that matter, and suggest what to do, best first.',
    topics: ['format', 'where', 'source', 'drawing', 'debug'],
    formats: ['text', 'json'],
    exit: EXIT,
    run: async (invocation) => (await import('./advise.ts')).runAdvise(invocation),
  }),
  record: command({
    description: 'Record an incident to a file, for "replay".',
    topics: ['output', 'recording', 'pace', 'where', 'source', 'budget', 'drawing', 'debug'],
    exit: EXIT,
    run: async (invocation) => (await import('./record.ts')).runRecord(invocation),
  }),
  replay: command({
    description: 'Play a recording in the live view, and move through it in time.',
    argument: ['<file>', 'a recording'],
    topics: ['format', 'cast', 'groups', 'order', 'view', 'drawing', 'debug'],
    formats: ['table', 'json'],
    exit: EXIT,
    run: async (invocation) => (await import('./replay.ts')).runReplay(invocation),
  }),
  report: command({
    description: 'Say what happened in a recording, as Markdown for a ticket.',
    argument: ['<file>', 'a recording'],
    topics: ['format', 'debug'],
    formats: ['markdown', 'json'],
    exit: EXIT,
    run: async (invocation) => (await import('./report.ts')).runReport(invocation),
  }),
  anonymize: command({
    description: 'Copy a recording without its addresses and names.',
    argument: ['<file>', 'a recording'],
    topics: ['output', 'debug'],
    exit: EXIT,
    run: async (invocation) => (await import('./anonymize.ts')).runAnonymize(invocation),
  }),
  demo: command({
    description: 'Make ports run out for real, in a network namespace of its own, and watch it.',
    argument: ['[scenario]', 'what to play; --list says what they are about'],
    argumentChoices: SCENARIO_IDS,
    topics: ['demo', 'format', 'pace', 'budget', 'groups', 'order', 'view', 'drawing', 'debug'],
    formats: ['table', 'json'],
    exit: EXIT,
    run: async (invocation) => (await import('./demo.ts')).runDemo(invocation),
  }),
  namespaces: command({
    description: 'List the network namespaces of this machine, the worst first.',
    topics: ['format', 'source', 'drawing', 'debug'],
    formats: ['table', 'json'],
    exit: EXIT,
    run: async (invocation) => (await import('./namespaces.ts')).runNamespaces(invocation),
  }),
  completion: command({
    description: 'Print the script that completes the command line in a shell.',
    argument: ['<shell>', 'the shell'],
    argumentChoices: SHELLS,
    topics: [],
    exit: EXIT,
    run: async (invocation) => (await import('./completion.ts')).runCompletion(invocation),
  }),
  help: command({
    description: 'Print the help of a command.',
    argument: ['[command]', 'the command'],
    argumentChoices: 'commands',
    topics: [],
    exit: EXIT,
    run: async (invocation) => (await import('./help.ts')).runHelp(invocation),
  }),
};

/** Name of a command in the table. */
export type CommandName = keyof typeof COMMANDS;

/** The names of all commands. */
export const COMMAND_NAMES = Object.keys(COMMANDS) as CommandName[];

/** The words that start a command; the live view has none. */
export const COMMAND_WORDS: readonly string[] = COMMAND_NAMES.filter((name) => name !== 'live');

/** What the argument of a command may be; undefined: anything, or it has none. */
export function argumentChoices(name: CommandName): readonly string[] | undefined {
  const choices = COMMANDS[name].argumentChoices;
  return choices === 'commands' ? COMMAND_WORDS : choices;
}

/** Those choices of an option that the command has: its own of --format. */
export function optionChoices(
  name: CommandName,
  option: OptionName,
  choices: readonly string[],
): readonly string[] {
  return (option === 'format' ? COMMANDS[name].formats : undefined) ?? choices;
}

/** True if the command can use options of this topic. */
export function canUse(name: CommandName, topic: Topic): boolean {
  return topic === COMMON_TOPIC || COMMANDS[name].topics.includes(topic);
}

/** What a sentence calls a command. */
export function spokenName(name: CommandName): string {
  return name === 'live' ? 'the live view' : name;
}
