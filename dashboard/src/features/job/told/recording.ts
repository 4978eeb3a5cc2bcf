/** What a job's stream has told so far, its children's part included: folded from messages, and nothing else. */

export interface JobEvent {
  seq: number;
  /** In ms since 1970. */
  at: number;
  type: string;
  data: Fields;
}

export interface Told {
  /** Where the job stands, as its stream said last; null before it said anything. */
  state: string | null;
  events: readonly JobEvent[];
}

export interface ToldChild extends Told {
  id: string;
  /** The call that it came by, and the place of its input in it. */
  step: string;
  place: number;
}

export interface Recording {
  own: Told;
  /** By call, and in the order of their inputs. */
  children: readonly ToldChild[];
  /** Nothing comes any more. */
  isOver: boolean;
}

/** A message as it came: the event's name and its data. */
export interface Message {
  event: string;
  data: unknown;
}

export type Fields = Readonly<Record<string, unknown>>;

const NOTHING: Told = { state: null, events: [] };

export const EMPTY: Recording = { own: NOTHING, children: [], isOver: false };

/** Take in messages, in the order they came. What is told a second time (after a break) is passed over. */
export function take(recording: Recording, messages: readonly Message[]): Recording {
  let { isOver } = recording;
  const own = new Draft(recording.own);
  const children = new Map(recording.children.map((child) => [child.id, { child, draft: new Draft(child) }]));
  for (const { event, data } of messages) {
    if (event === "reset") {
      own.clear();
      children.clear();
      isOver = false;
    } else if (event === "child") {
      const head = childOf(data);
      if (!head) continue;
      const known = children.get(head.id) ?? { child: { ...NOTHING, ...head }, draft: new Draft(NOTHING) };
      children.set(head.id, known);
      if (isFields(data) && typeof data.event === "string") known.draft.take(data.event, data.data);
    } else {
      own.take(event, data);
      isOver ||= event === "end";
    }
  }
  return {
    own: own.done(),
    children: [...children.values()].map(({ child, draft }) => ({ ...child, ...draft.done() })).sort(byCall),
    isOver,
  };
}

class Draft {
  private state: string | null;
  private events: JobEvent[] | null = null;

  constructor(private told: Told) {
    this.state = told.state;
  }

  take(event: string, data: unknown): void {
    if (event === "state" || event === "end") {
      this.state = isFields(data) && typeof data.state === "string" ? data.state : this.state;
      return;
    }
    const read = eventOf(data);
    const last = (this.events ?? this.told.events).at(-1)?.seq ?? 0;
    if (!read || read.seq <= last) return;
    this.events ??= [...this.told.events];
    this.events.push(read);
  }

  clear(): void {
    this.told = NOTHING;
    this.state = null;
    this.events = null;
  }

  done(): Told {
    const events = this.events ?? this.told.events;
    return { state: this.state, events };
  }
}

/** Read an event as the stream and the pages give it; null for what is none. */
export function eventOf(data: unknown): JobEvent | null {
  if (!isFields(data)) return null;
  const { seq, at, type } = data;
  if (typeof seq !== "number" || typeof at !== "string" || typeof type !== "string") return null;
  return { seq, at: Date.parse(at), type, data: isFields(data.data) ? data.data : {} };
}

export function isFields(value: unknown): value is Fields {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function childOf(data: unknown): { id: string; step: string; place: number } | null {
  if (!isFields(data)) return null;
  const { job, step, place } = data;
  return typeof job === "string" && typeof step === "string" && typeof place === "number"
    ? { id: job, step, place }
    : null;
}

function byCall(one: ToldChild, other: ToldChild): number {
  return one.step === other.step ? one.place - other.place : 0;
}
