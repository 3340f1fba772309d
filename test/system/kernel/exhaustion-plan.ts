/** What a client does that runs out of ports. */
export type ExhaustionPlan = {
  /** How many the range has. */
  ports: number;
  perSecond: number;
  /** Documents that the program is asked for, two a second. */
  looks: number;
  /** Further words of the program's command line. */
  args?: readonly string[];
  /** The program runs as an ordinary user. */
  asNobody?: boolean;
  /** Who has all ports before the first connection. */
  taken?: 'reserved' | 'bound';
  /** The client asks for ports of the first so many only (IP_LOCAL_PORT_RANGE). */
  slicePorts?: number;
  /** The suggestion that is followed a while after the first refusal. */
  follows?: string;
  /** Recorders that run as well: further words of their command lines. */
  recorders?: readonly (readonly string[])[];
  /** Where the recorders, and all else, are started. */
  directory?: string;
  /** The live view runs as well, on the terminal; the run goes into this file. */
  liveResultFile?: string;
};

/** What came of it. Times are Unix ms. */
export type ExhaustionRun = {
  /** Of the client. */
  pid: number;
  command: string;
  /** Where it connects to. */
  address: string;
  made: number[];
  refused: number[];
  /** Lines of JSON. */
  documents: string[];
  tables: string;
  followedMs: number | null;
};
