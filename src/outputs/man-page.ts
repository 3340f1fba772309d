import type { DescribedCommand, DescribedOption } from './completion/command-line.ts';

/** What the manual says besides the command line itself. */
export interface Manual {
  readonly version: string;
  /** Every command; the live view is the first. */
  readonly commands: readonly DescribedCommand[];
  /** The keys of the live view, and what they do. */
  readonly keys: readonly { readonly label: string; readonly help: string }[];
}

/** The page ephtop(1), in the macros of man(7). It has no date, so that two builds of a version are the same. */
export function manPage({ version, commands, keys }: Manual): string {
  const options = commands.flatMap((command) => command.options);
  const isFirst = ({ flags }: DescribedOption, index: number) =>
    options.findIndex((other) => other.flags.join() === flags.join()) === index;
  const lines = [
    `.TH EPHTOP 1 "" "ephtop ${version}" "User Commands"`,
    ...section('NAME', 'ephtop - live monitor for ephemeral TCP port exhaustion'),
    ...section('SYNOPSIS', ...commands.flatMap(synopsis)),
    ...section('DESCRIPTION', ...DESCRIPTION.flatMap(paragraph)),
    ...section('COMMANDS', ...commands.flatMap(commandText)),
    ...section('OPTIONS', ...options.filter(isFirst).flatMap(optionText)),
    ...section('KEYS', ...keys.flatMap(({ label, help }) => item(bold(label), help))),
    ...section(
      'EXIT STATUS',
      ...EXIT_STATUS.flatMap(([code, text]) => item(bold(code), text)),
      ...paragraph('Those of "ephtop check" are the states of a monitoring plugin:', 1),
      ...CHECK_STATUS.flatMap(([code, text]) => item(bold(code), text)),
    ),
    ...section('ENVIRONMENT', ...ENVIRONMENT.flatMap(([name, text]) => item(bold(name), text))),
    ...section('FILES', ...FILES.flatMap(([name, text]) => item(italic(name), text))),
    ...section('EXAMPLES', ...EXAMPLES.flatMap(example)),
    ...section('SEE ALSO', SEE_ALSO),
  ];
  return `${lines.join('\n')}\n`;
}

const DESCRIPTION: readonly string[] = [
  'When a proxy connects to an upstream, the kernel picks a source port. Each combination of source address, destination address and destination port (a tuple group) has about 28,000 of them, and a closed connection keeps its port for another 60 s in TIME_WAIT. When they are gone, connect(2) fails with EADDRNOTAVAIL.',
  'ephtop shows for each tuple group how many connect(2) calls still succeed (headroom), when none will (empty in), how many were refused, and what to do about it. It never writes to the kernel, and it does not need root: as root it also sees refusals and the processes of other users.',
  'Options may stand before or behind the word of the command. An option that a command cannot use is an error.',
];

const EXIT_STATUS: readonly (readonly [string, string])[] = [
  ['0', 'Success.'],
  ['2', 'A wrong option or value, or the machine cannot be watched.'],
];

/** Those of the monitoring plugin. */
const CHECK_STATUS: readonly (readonly [string, string])[] = [
  ['0', 'OK: neither limits nor refusals, also without any outgoing connection.'],
  [
    '1',
    'WARNING: a limit of --warning or --eta-warning is passed, or the port range is not known.',
  ],
  ['2', 'CRITICAL: a limit of --critical or --eta-critical is passed, or connections are refused.'],
  ['3', 'UNKNOWN: everything else, such as no answer in time, a wrong option, --help, --version.'],
];

const ENVIRONMENT: readonly (readonly [string, string])[] = [
  [
    'NO_COLOR, FORCE_COLOR, CLICOLOR_FORCE, CLICOLOR, COLORTERM, TERM',
    'How many colours there are, unless --color says so.',
  ],
  ['INK_SCREEN_READER', 'true: as --screen-reader.'],
  ['LC_ALL, LC_CTYPE, LANG', 'A locale that is not UTF-8: as --ascii.'],
  ['XDG_CONFIG_HOME', 'Where the configuration file is, in place of ~/.config.'],
];

const FILES: readonly (readonly [string, string])[] = [
  ['~/.config/ephtop/config.json', 'Settings of the live view; the key S writes some of them.'],
  ['ephtop-HOST-TIME.eph.gz', 'A recording, in the directory where ephtop was started.'],
  ['ephtop-HOST-ring.eph.gz, ephtop-HOST-ring-older.eph.gz', 'A ring (record --ring).'],
  ['ephtop-incident-HOST-TIME.eph.gz', 'An incident (record --dump-on critical).'],
];

const EXAMPLES: readonly (readonly [string, string])[] = [
  ['Watch this machine:', 'ephtop'],
  ['Tuple groups with fewer than 1,000 free ports:', "ephtop snapshot --filter 'free<1000'"],
  [
    'The same for a script:',
    "ephtop snapshot --format json | jq '.groups[] | select(.freeAtLeast < 1000)'",
  ],
  ['Record ten minutes:', 'ephtop record -o incident.eph.gz --duration 10m'],
  ['Look at them:', 'ephtop replay incident.eph.gz'],
  ['Say what happened, for a ticket:', 'ephtop report incident.eph.gz'],
];

const SEE_ALSO = 'ss(8), tcp(7), ip(7), sock_diag(7), sysctl(8)';

function section(title: string, ...lines: string[]): string[] {
  return [`.SH ${title}`, ...lines];
}

function synopsis({ word, argument }: DescribedCommand, index: number): string[] {
  const name = word === '' ? 'ephtop' : `ephtop ${word}`;
  return [
    ...(index === 0 ? [] : ['.br']),
    `${bold(name)} [${italic('options')}]${operandText(argument)}`,
  ];
}

function operandText(argument: DescribedCommand['argument']): string {
  if (argument === undefined) return '';
  const name = italic(argument.name);
  return argument.isOptional ? ` [${name}]` : ` ${name}`;
}

/** A command, and which options are for it. */
function commandText({ word, description, argument, options }: DescribedCommand): string[] {
  const flags = options.map((option) =>
    isFormat(option) ? `${flagText(option)} (${choicesOf(option).join(' or ')})` : flagText(option),
  );
  return [
    '.TP',
    word === '' ? `${bold('ephtop')} (the live view)` : `${bold(word)}${operandText(argument)}`,
    plain(description),
    '.br',
    `Options: ${flags.join(', ')}.`,
  ];
}

function optionText(option: DescribedOption): string[] {
  const choices = isFormat(option) ? [] : choicesOf(option);
  const words = choices.length === 0 ? '' : `: ${choices.join(', ')}`;
  const preset = option.preset === undefined ? '' : ` (default: ${option.preset})`;
  return item(flagText(option), `${option.description}${words}${preset}`);
}

function flagText({ flags, value }: DescribedOption): string {
  const names = flags.map(bold).join(', ');
  return value === undefined ? names : `${names} ${valueText(value.name)}`;
}

/** `<columns>x<rows>`: the words in italics, without their brackets. */
function valueText(name: string): string {
  return name
    .split(/(<[^>]*>)/)
    .map((part) => (part.startsWith('<') ? italic(part.slice(1, -1)) : escaped(part)))
    .join('');
}

function choicesOf({ value }: DescribedOption): readonly string[] {
  return value?.expected.kind === 'choice' ? value.expected.choices : [];
}

/** True for the option whose choices differ from command to command. */
function isFormat({ flags }: DescribedOption): boolean {
  return flags.includes('--format');
}

function paragraph(text: string, index: number): string[] {
  return [...(index === 0 ? [] : ['.PP']), plain(text)];
}

function item(term: string, text: string): string[] {
  return ['.TP', term, plain(text)];
}

function example([text, command]: readonly [string, string], index: number): string[] {
  return [...paragraph(text, index), '.RS 4', '.nf', plain(command), '.fi', '.RE'];
}

const bold = (text: string): string => String.raw`\fB${escaped(text)}\fR`;
const italic = (text: string): string => String.raw`\fI${escaped(text)}\fR`;

/** A line of text, which no character of it turns into a request. */
function plain(text: string): string {
  return escaped(text).replace(/^[.']/, String.raw`\&$&`);
}

/** roff would make a hyphen of what is typed as a minus, and quotation marks of what is typed as quotes. */
function escaped(text: string): string {
  return text.replaceAll(/[\\\-'`^~]/g, (character) => ROFF.get(character) ?? character);
}

const ROFF: ReadonlyMap<string, string> = new Map([
  ['\\', String.raw`\e`],
  ['-', String.raw`\-`],
  ["'", String.raw`\(aq`],
  ['`', String.raw`\(ga`],
  ['^', String.raw`\(ha`],
  ['~', String.raw`\(ti`],
]);
