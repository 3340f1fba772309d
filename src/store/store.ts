/** What a reducer makes of an action: the next state, and what the world is to do. */
export interface Update<State, Command> {
  readonly state: State;
  readonly commands: readonly Command[];
}

/** State outside React: dispatch an action, the reducer makes the next state, subscribers are told. */
export interface Store<State, Action> {
  readonly getState: () => State;
  readonly dispatch: (action: Action) => void;
  /** Returns the function that ends the subscription. */
  readonly subscribe: (listener: () => void) => () => void;
}

/** `run` gets each command once subscribers know the state that it belongs to; it may dispatch. */
export function createStore<State, Action, Command>(
  update: (state: State, action: Action) => Update<State, Command>,
  initial: State,
  run: (command: Command, dispatch: (action: Action) => void) => void,
): Store<State, Action> {
  let state = initial;
  const listeners = new Set<() => void>();
  function dispatch(action: Action): void {
    const next = update(state, action);
    if (next.state !== state) {
      state = next.state;
      for (const listener of listeners) listener();
    }
    for (const command of next.commands) run(command, dispatch);
  }
  return {
    getState: () => state,
    dispatch,
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}
