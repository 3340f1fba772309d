import { execFileSync } from 'node:child_process';
import { readlinkSync } from 'node:fs';
import { constants } from 'node:os';
import { type IPty, spawn } from '@lydell/node-pty';
import xterm, { type Terminal as Emulator } from '@xterm/headless';
import { FrameGate } from './frame-gate.ts';
import { type Cell, describeCell } from './terminal-cell.ts';
import { terminalEnvironment } from './terminal-environment.ts';
import { type KeyName, keyBytes } from './terminal-keys.ts';
import { TerminalModes, type TerminalState } from './terminal-modes.ts';
import { foregroundGroup, sessionPids, signalProcess } from './terminal-processes.ts';

/** What to start a program with. */
export type TerminalOptions = {
  /** Width in cells; 100 by default. */
  columns?: number;
  /** Height in cells; 30 by default. */
  rows?: number;
  /** Laid over the environment of the test; `undefined` removes a variable. */
  env?: Record<string, string | undefined>;
  cwd?: string;
};

/** How a program ended; `signal` is undefined when it left by itself. */
export type Exit = { code: number; signal: NodeJS.Signals | undefined };

/** What to look for on the screen. */
export type Expectation = string | RegExp | ((screen: string) => boolean);

const RAW_LIMIT = 1_000_000;
const DEFAULT_TIMEOUT_MS = 10_000;

const open = new Set<Terminal>();

/** Starts a program in a pseudo-terminal of its own. */
export function openTerminal(
  file: string,
  args: readonly string[] = [],
  options: TerminalOptions = {},
): Terminal {
  const { columns = 100, rows = 30, env = {}, cwd = process.cwd() } = options;
  const pty = spawn(file, [...args], {
    cols: columns,
    rows,
    cwd,
    env: terminalEnvironment(env),
  });
  const emulator = new xterm.Terminal({ cols: columns, rows, allowProposedApi: true });
  const terminal = new Terminal(pty, emulator);
  open.add(terminal);
  return terminal;
}

/** Kills whatever still runs in any terminal; for `afterEach` where `await using` does not fit. */
export async function closeTerminals(): Promise<void> {
  await Promise.all([...open].map((terminal) => terminal.close()));
}

/** A program in a pseudo-terminal, and the screen that it draws. */
export class Terminal implements AsyncDisposable {
  /** The emulator behind the screen, for renderers of screenshots. */
  readonly emulator: Emulator;
  /** Settles after the program ended and its last output is on the screen. */
  readonly exited: Promise<Exit>;
  readonly #pty: IPty;
  readonly #gate = new FrameGate();
  readonly #modes: TerminalModes;
  readonly #watchers = new Set<() => void>();
  #exit: Exit | undefined;
  #raw = '';
  #bytes = 0;

  constructor(pty: IPty, emulator: Emulator) {
    this.#pty = pty;
    this.emulator = emulator;
    this.#modes = new TerminalModes(emulator);
    emulator.onData((answer) => this.#write(answer)); // to queries: attributes, cursor position, …
    pty.onData((data) => this.#receive(data));
    this.exited = new Promise((resolve) => {
      pty.onExit(({ exitCode, signal }) => {
        this.#show(this.#gate.release(), () => {
          this.#exit = { code: exitCode, signal: signalName(signal) };
          resolve(this.#exit);
          this.#notify();
        });
      });
    });
  }

  get pid(): number {
    return this.#pty.pid;
  }

  /** The rows of the screen, without blanks at their ends. */
  lines(): string[] {
    const { cols, rows, buffer } = this.emulator;
    // The emulator keeps what a narrower screen has cut off, where nobody sees it.
    return Array.from(
      { length: rows },
      (_, y) =>
        buffer.active.getLine(buffer.active.baseY + y)?.translateToString(true, 0, cols) ?? '',
    );
  }

  /** The screen as text, without the blank rows at its end. */
  screen(): string {
    return this.lines().join('\n').trimEnd();
  }

  /** The cell at column `x`, row `y`, both from 0. */
  cell(x: number, y: number): Cell {
    const { active } = this.emulator.buffer;
    const cell = active.getLine(active.baseY + y)?.getCell(x);
    if (cell === undefined) throw new RangeError(`no cell at column ${x}, row ${y}`);
    return describeCell(cell);
  }

  /** Column and row, from 0, where `text` first stands; undefined when it does not. */
  find(text: string): { x: number; y: number } | undefined {
    const lines = this.lines();
    const y = lines.findIndex((line) => line.includes(text));
    return y < 0 ? undefined : { x: lines[y]?.indexOf(text) ?? 0, y };
  }

  /** Resolves with the screen as soon as it shows what is expected; fails with the screen. */
  waitFor(expected: Expectation, timeoutMs = DEFAULT_TIMEOUT_MS): Promise<string> {
    return new Promise((resolve, reject) => {
      const settle = (act: () => void) => {
        clearTimeout(timer);
        this.#watchers.delete(check);
        act();
      };
      const fail = (reason: string) => settle(() => reject(this.#failure(expected, reason)));
      const check = () => {
        const screen = this.screen();
        if (matches(expected, screen)) settle(() => resolve(screen));
        else if (this.#exit) fail(`the program ended (${JSON.stringify(this.#exit)})`);
      };
      const timer = setTimeout(() => fail(`nothing in ${timeoutMs} ms`), timeoutMs);
      this.#watchers.add(check);
      check();
    });
  }

  /** Calls `listener` after everything that was drawn, until the function that is returned is called. */
  watch(listener: () => void): () => void {
    this.#watchers.add(listener);
    return () => this.#watchers.delete(listener);
  }

  /** Presses keys by name, or types the text itself; mouse actions come from terminal-keys.ts. */
  press(...keys: (KeyName | (string & {}))[]): void {
    for (const key of keys) this.#write(keyBytes(key));
  }

  /** Nobody reads what the program writes, as behind a stalled link, until `readAgain`. */
  stopReading(): void {
    this.#pty.pause();
  }

  readAgain(): void {
    this.#pty.resume();
  }

  resize(columns: number, rows: number): void {
    this.emulator.resize(columns, rows);
    this.#pty.resize(columns, rows);
  }

  /**
   * Sends a signal: to the process that was started, as `kill PID` does, or to the whole group in
   * the foreground, as the terminal itself does on Ctrl+C.
   */
  signal(signal: NodeJS.Signals, target: 'leader' | 'foreground' = 'leader'): void {
    const group = target === 'foreground' ? foregroundGroup(this.pid) : undefined;
    signalProcess(group === undefined ? this.pid : -group, signal);
  }

  /** The modes that the program has left switched on, by what it wrote so far. */
  state(): TerminalState {
    return this.#modes.state();
  }

  /** The line settings (termios) in the words of `stty -a`, or sets some; the program must still run. */
  stty(...settings: readonly string[]): string {
    const device = readlinkSync(`/proc/${this.pid}/fd/0`);
    const args = settings.length > 0 ? settings : ['-a'];
    return execFileSync('stty', ['-F', device, ...args], { encoding: 'utf8' });
  }

  /** Whether keys reach the program one by one and unechoed, as in raw mode. */
  isRaw(): boolean {
    return /-icanon\b/.test(this.stty()) && /-echo\b/.test(this.stty());
  }

  /** Everything the program wrote, control sequences and all (the last million characters). */
  raw(): string {
    return this.#raw;
  }

  /** Bytes that the program wrote so far. */
  bytes(): number {
    return this.#bytes;
  }

  /** Kills the program and all it started in this terminal. */
  async close(): Promise<void> {
    open.delete(this);
    if (this.#exit === undefined) {
      for (const pid of sessionPids(this.pid)) signalProcess(pid, 'SIGKILL');
      await this.exited;
    }
    this.emulator.dispose();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  #receive(data: string): void {
    this.#bytes += Buffer.byteLength(data);
    this.#raw = (this.#raw + data).slice(-RAW_LIMIT);
    this.#show(this.#gate.pass(data), () => this.#notify());
  }

  // The emulator parses one write in one go, so nobody sees the screen between the halves of it.
  #show(text: string, shown: () => void): void {
    this.emulator.write(text, shown);
  }

  #write(text: string): void {
    if (this.#exit === undefined) this.#pty.write(text);
  }

  #notify(): void {
    for (const watcher of this.#watchers) watcher();
  }

  #failure(expected: Expectation, reason: string): Error {
    const held = this.#gate.heldLength;
    const frame = held > 0 ? `\n(${held} characters of an unfinished frame are held back)` : '';
    return new Error(`waited for ${String(expected)}: ${reason}${frame}\n${this.screen()}`);
  }
}

function matches(expected: Expectation, screen: string): boolean {
  if (typeof expected === 'string') return screen.includes(expected);
  return expected instanceof RegExp ? screen.search(expected) >= 0 : expected(screen);
}

function signalName(number = 0): NodeJS.Signals | undefined {
  const names = Object.entries(constants.signals) as [NodeJS.Signals, number][];
  return names.find(([, value]) => value === number)?.[0];
}
