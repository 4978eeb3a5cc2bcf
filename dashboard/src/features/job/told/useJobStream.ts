/** One stream for an open job and its children: what it tells is recorded, and what changed meanwhile is asked again. */

import { useQueryClient } from "@tanstack/react-query";
import { useEffect, useState } from "react";

import { ask } from "@/api/client";
import { type LinkState, follow } from "@/live/follow";
import { followByToken } from "@/live/followByToken";

import { type Access, useAccess } from "../access";
import { keyOf } from "../queries";
import { EMPTY, type Message, type Recording, isFields, take } from "./recording";

const EVENTS = ["state", "progress", "log", "text", "text_reset", "step", "wait", "child", "reset", "end"];
const GATHER_MS = 60;
const REFRESH_MS = 800;
const PAGE = 1_000;

export interface JobStream {
  recording: Recording;
  link: LinkState;
}

/** Follow a job for as long as the component that asks is there; it is mounted anew (`key`) for another job. */
export function useJobStream(id: string): JobStream {
  const queries = useQueryClient();
  const access = useAccess();
  const [recording, setRecording] = useState<Recording>(EMPTY);
  const [link, setLink] = useState<LinkState>("connecting");

  useEffect(() => {
    let seen = 0;
    const refresh = paced(REFRESH_MS, (parts: ReadonlySet<string>) => {
      for (const part of parts) void queries.invalidateQueries({ queryKey: keyOf(id, part) });
    });
    const gather = gathered(GATHER_MS, (messages: Message[]) => {
      setRecording((before) => take(before, messages));
    });
    const hear = (message: Message): void => {
      gather.add(message);
      const { data } = message;
      if (isFields(data) && typeof data.seq === "number") seen = Math.max(seen, data.seq);
      refresh.add(changedBy(message));
      if (message.event === "end") stop();
    };
    const poll = (): void => {
      void queries.invalidateQueries({ queryKey: keyOf(id) });
      void eventsAfter(id, seen, access).then((messages) => messages.forEach(hear), ignore);
    };
    const open = access.token === null ? follow : followByToken(access.token);
    const close = open({
      path: `/api/v1/jobs/${id}/events?children=true`,
      handlers: Object.fromEntries(EVENTS.map((event) => [event, (data: unknown) => hear({ event, data })])),
      onPoll: poll,
      onLink: setLink,
    });
    function stop(): void {
      close();
    }
    return () => {
      close();
      gather.drop();
      refresh.drop();
    };
  }, [id, queries, access]);

  return { recording, link };
}

/** Which of the job's queries a message makes stale. */
function changedBy({ event, data }: Message): string[] {
  if (event === "child" && isFields(data)) {
    return data.event === "state" || data.event === "end" ? ["children", "self"] : [];
  }
  if (event === "state" || event === "end" || event === "reset") {
    return ["self", "attempts", "steps", "waits", "children", "calls"];
  }
  if (event === "wait") return ["waits", "children", "self"];
  return event === "step" ? ["calls", "self"] : [];
}

async function eventsAfter(id: string, after: number, { api }: Access): Promise<Message[]> {
  const page = await ask(
    api.GET("/api/v1/jobs/{job_id}/events", {
      params: { path: { job_id: id }, query: { after: String(after), limit: PAGE } },
    }),
  );
  return typeof page === "string" ? [] : page.items.map((data) => ({ event: data.type, data }));
}

function ignore(): void {
  // The next poll asks again, and the banner says that the server is away.
}

/** Hand over what came within a while at once: a screen is drawn by it, not by every word. */
function gathered<T>(pause: number, hand: (things: T[]) => void) {
  let things: T[] = [];
  let timer = 0;
  return {
    add(thing: T): void {
      things.push(thing);
      timer ||= window.setTimeout(() => {
        timer = 0;
        const all = things;
        things = [];
        hand(all);
      }, pause);
    },
    drop(): void {
      clearTimeout(timer);
    },
  };
}

function paced(pause: number, act: (parts: ReadonlySet<string>) => void) {
  const gather = gathered<string[]>(pause, (lists) => act(new Set(lists.flat())));
  return { add: (parts: string[]) => parts.length > 0 && gather.add(parts), drop: gather.drop };
}
