/**
 * The environment of the test with `changes` laid over it, fit for a program whose colours and
 * frames are under test; `undefined` removes a variable.
 */
export function terminalEnvironment(
  changes: Record<string, string | undefined>,
): Record<string, string> {
  const colours = { TERM: 'xterm-256color', COLORTERM: 'truecolor', FORCE_COLOR: '3' };
  // Whoever runs the tests may have settings of their own; there are none below a file.
  const settings = { XDG_CONFIG_HOME: '/dev/null' };
  // Ink draws nothing until the end when it believes to run under CI.
  const quiet = { CI: undefined, CONTINUOUS_INTEGRATION: undefined, NO_COLOR: undefined };
  const merged = { ...process.env, ...quiet, ...settings, ...colours, ...changes };
  const known = Object.entries(merged).filter(
    (entry): entry is [string, string] => entry[1] !== undefined, // else the pty says 'undefined'
  );
  return Object.fromEntries(known);
}
