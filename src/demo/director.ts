import { type ChildProcess, spawn } from 'node:child_process';
import { followedText } from '../format/best-fix.ts';
import { surePercent } from '../format/headroom.ts';
import { formatCount, formatPlace } from '../format/units.ts';
import type { Advice } from '../model/advice/advice.ts';
import type { FollowedAdvice } from '../model/followed-advice.ts';
import type { GroupModel } from '../model/group-model.ts';
import { type PlaceModels, worstPlace } from '../model/places.ts';
import type { Model } from '../model/model.ts';
import { actorCommand } from '../source/program-parts.ts';
import { outageState } from '../model/outage-state.ts';
import { SourceError } from '../source/source-error.ts';
import type { Action } from '../store/actions.ts';
import type { Show, ShowState } from '../ui/show.ts';
import { captionOf, type Followed } from './story/captions.ts';
import { type Order, PROXY_FIXES, type Report, type Role, ROLES, type Tally } from './messages.ts';
import type { Scenario } from './story/scenario.ts';
import type { StageNetwork } from './stage-network.ts';

/** A suggestion as it was followed, and when the key was pressed (performance.now). */
interface Done {
  readonly followed: FollowedAdvice;
  readonly pressedMs: number;
}

const NO_TALLY: Tally = { elapsedS: 0, answered: 0, failed: {}, lastFailureS: undefined };

/** The error output of a program that ended is worth this much. */
const MOST_ERROR = 300;
/** Of Node, for the programs of the stage. */
const SMALL_HEAP = ['--max-semi-space-size=1', '--max-old-space-size=64'];

/** Only the first ones are named on the screen, and all can be followed. */
const NAMED = 3;

/** Plays a scenario: starts its programs, hands the suggestions to them that are followed, and tells the audience. */
export class Director implements Show {
  /** Rejects if a program of the stage ends by itself. */
  readonly failed: Promise<never>;
  readonly #scenario: Scenario;
  readonly #network: StageNetwork;
  readonly #programs = new Map<Role, ChildProcess>();
  readonly #listeners = new Set<() => void>();
  #fail: (error: SourceError) => void = () => {};
  #isOver = false;
  #isPaused = false;
  #wantsAgain = false;
  #tally = NO_TALLY;
  #done: Done | undefined;
  /** The newest model, which is on the screen unless that is held. */
  #model: Model | undefined;
  #state: ShowState;

  constructor(scenario: Scenario, network: StageNetwork) {
    this.#scenario = scenario;
    this.#network = network;
    this.failed = new Promise((_, reject) => (this.#fail = reject));
    // It may fail before anybody waits for it.
    this.failed.catch(() => {});
    this.#state = this.#nextState();
  }

  /** True if the user asked for the story from its beginning. */
  get wantsAgain(): boolean {
    return this.#wantsAgain;
  }

  /** Starts the programs, one after the other. Throws SourceError if one cannot start. */
  async start(seed: number): Promise<void> {
    for (const role of ROLES) {
      // oxlint-disable-next-line no-await-in-loop -- the proxy needs its upstream, and the clients their proxy
      await Promise.race([this.#startProgram(role, seed), this.failed]);
    }
    this.#tell('clients', { kind: 'go' });
  }

  /** Ends the programs. */
  end(): void {
    this.#isOver = true;
    for (const program of this.#programs.values()) program.kill('SIGKILL');
  }

  /** Takes the newest models of the view. */
  watch(models: PlaceModels): void {
    this.#model = worstPlace(models);
    if (this.#done !== undefined) this.#done = asSeen(this.#done, this.#model);
    this.#changed();
  }

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  };

  readonly getState = (): ShowState => this.#state;

  readonly press: Show['press'] = (key, shown, meant) => {
    if (key === ' ') return this.#pause();
    if (key === 'ctrl-r') {
      this.#wantsAgain = true;
      return { type: 'quit' };
    }
    return /^[1-9]$/.test(key) ? notice(this.#follow(Number(key), shown, meant)) : undefined;
  };

  #startProgram(role: Role, seed: number): Promise<void> {
    const { file, args, variables } = actorCommand(SMALL_HEAP);
    const program = spawn(file, [...args, role, this.#scenario.id, `${seed}`], {
      stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
      env: { ...process.env, ...variables },
    });
    this.#programs.set(role, program);
    let said = '';
    program.stderr?.on('data', (text: Buffer) => (said = (said + text).slice(-MOST_ERROR)));
    program.once('close', (code, signal) => {
      if (this.#isOver) return;
      const last = said.trim().split('\n').at(-1);
      this.#fail(
        new SourceError(
          `the demo is over, as its ${role} ended (${[signal ?? `exit status ${code}`, last].filter(Boolean).join(': ')}).`,
        ),
      );
    });
    return new Promise((resolve) =>
      program.on('message', (report: Report) => {
        if (report.kind === 'ready') return resolve();
        this.#tally = report.tally;
      }),
    );
  }

  #pause(): Action {
    this.#isPaused = !this.#isPaused;
    this.#tell('clients', { kind: this.#isPaused ? 'pause' : 'go' });
    this.#changed();
    return notice(
      this.#isPaused
        ? 'The clients are paused; TIME_WAIT is the kernel’s, and goes on. Space resumes'
        : 'The clients go on',
    );
  }

  /** Follows a suggestion, which has this number in the list on the screen. Returns what to say about it. */
  #follow(number: number, shown: Model | undefined, advice: Advice | undefined): string {
    const worst = shown?.worst;
    if (shown === undefined || advice === undefined || worst === undefined)
      return `There is no suggestion ${number} now`;
    if (!this.#tryToFollow(advice, worst))
      return `The demo cannot follow suggestion ${number}: ${advice.title}`;
    const { id, title, commands, effect: promised } = advice;
    const { key, label } = worst;
    const atMs = this.#model?.sample.takenAtMs ?? shown.sample.takenAtMs;
    this.#done = {
      followed: { id, title, key, label, atMs, commands, promised },
      pressedMs: performance.now(),
    };
    this.#changed();
    const how = commands.length > 0 ? commands.join('; ') : 'the proxy is reconfigured';
    return `Followed ${number}: ${how}`;
  }

  #tryToFollow(advice: Advice, worst: GroupModel): boolean {
    const { title, commands } = advice;
    if (commands.length > 0) return this.#network.run(commands);
    const id = proxyFix(advice);
    if (id === undefined) return false;
    this.#tell('proxy', {
      kind: 'fix',
      id,
      address: worst.remoteAddress,
      port: worst.remotePort,
      count: Number(/\b(\d+) (?:destination|source) addresses/.exec(title)?.[1] ?? 1),
    });
    return true;
  }

  #tell(role: Role, order: Order): void {
    this.#programs.get(role)?.send(order);
  }

  #changed(): void {
    this.#state = this.#nextState();
    for (const listener of this.#listeners) listener();
  }

  #nextState(): ShowState {
    const { elapsedS, lastFailureS } = this.#tally;
    const model = this.#model;
    const followed = this.#done && model && followedNow(this.#done, model);
    return {
      ...captionOf(this.#scenario, {
        elapsedS,
        lastFailureS,
        followed,
        isOutOfPorts: isOutOfPorts(model),
        suggested: model?.advice.map(({ id }) => id) ?? [],
      }),
      status: this.#statusText(),
      keys: this.#keys(),
    };
  }

  /** `1 enable-tw-reuse`, `2 widen-port-range`, `space pause`, `Ctrl-R again`: the numbers of the list of suggestions. */
  #keys(): string[] {
    const fixes = (this.#model?.advice ?? [])
      .map((advice, index) => ({ advice, number: index + 1 }))
      .filter(({ advice }) => advice.severity !== 'info' && canFollow(advice))
      .slice(0, NAMED)
      .map(({ advice, number }) => `${number} ${advice.id}`);
    return [...fixes, `space ${this.#isPaused ? 'resume' : 'pause'}`, 'Ctrl-R again'];
  }

  #statusText(): string {
    const { elapsedS, answered, failed } = this.#tally;
    const { lengthS, title } = this.#scenario;
    const place =
      elapsedS < lengthS
        ? `${this.#isPaused ? '‖' : '▶'} ${formatPlace(1000 * elapsedS)} of ${formatPlace(1000 * lengthS)}`
        : '■ the end';
    const errors = Object.entries(failed).map(([errno, count]) => `${formatCount(count)} ${errno}`);
    return [place, title, ...errors, `${formatCount(answered)} requests answered`].join('   ');
  }
}

/** The same as the view noticed it, where that shows what came of it: so that both say the same. */
function asSeen(done: Done, model: Model | undefined): Done {
  const { id, atMs } = done.followed;
  const seen = model?.followed.find((each) => each.id === id && each.atMs >= atMs);
  return seen === undefined ? done : { ...done, followed: seen };
}

/** What the verdict says, the captions say too. */
function isOutOfPorts(model: Model | undefined): boolean {
  const { worst, sample } = model ?? {};
  return worst !== undefined && outageState(worst, sample?.takenAtMs ?? 0) !== undefined;
}

function followedNow({ followed, pressedMs }: Done, model: Model): Followed {
  const group = model.groups.find(({ key }) => key === followed.key);
  return {
    title: followed.title,
    promised: followed.promised,
    result: followedText(followed, model.groups, model.sample.takenAtMs),
    agoS: (performance.now() - pressedMs) / 1000,
    nowPercent: group && surePercent(group),
  };
}

/** True for what the demo can do: set sysctls, or configure its proxy. */
function canFollow(advice: Advice): boolean {
  return advice.commands.length > 0 || proxyFix(advice) !== undefined;
}

function proxyFix({ id }: Advice) {
  return PROXY_FIXES.find((fix) => fix === id);
}

function notice(text: string): Action {
  return { type: 'notice', text };
}
