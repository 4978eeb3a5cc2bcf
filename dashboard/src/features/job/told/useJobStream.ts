/** One stream for an open job and its children: what it tells is recorded, and what changed meanwhile is asked again. */

import { useQueryClient } from "@tanstack/react-query";
import { useEffect, useState } from "react";

import { type Schemas, ask } from "@/api/client";
import { type LinkState, follow } from "@/live/follow";
import { followByToken } from "@/live/followByToken";

import { type Access, useAccess } from "../access";
import { keyOf } from "../queries";
import { EMPTY, type Message, type Recording, isFields, take } from "./recording";

const EVENTS = ["state", "progress", "log", "text", "text_reset", "step", "wait", "child", "reset", "end"];
const GATHER_MS = 60;
const REFRESH_MS = 800;

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
    let place = "0";
    let isOver = false;
    const refresh = paced(REFRESH_MS, (parts: ReadonlySet<string>) => {
      for (const part of parts) void queries.invalidateQueries({ queryKey: keyOf(id, part) });
    });
    const gather = gathered(GATHER_MS, (messages: Message[]) => {
      setRecording((before) => take(before, messages));
    });
    const hear = (message: Message, at = ""): void => {
      gather.add(message);
      place = message.event === "reset" ? "0" : at || place;
      refresh.add(changedBy(message));
      if (message.event === "end") stop();
    };
    const poll = onlyOnce(async () => {
      let hasMore = true;
      while (hasMore && !isOver) {
        const page = await updatesAfter(id, place, access);
        if (isOver) return;
        for (const message of page.items) hear(message);
        place = page.after;
        hasMore = page.has_more;
      }
    });
    const open = access.token === null ? follow : followByToken(access.token);
    const close = open({
      path: `/api/v1/jobs/${id}/events?children=true`,
      handlers: Object.fromEntries(
        EVENTS.map((event) => [event, (data: unknown, at: string) => hear({ event, data }, at)]),
      ),
      onPoll: poll,
      onLink: setLink,
    });
    function stop(): void {
      isOver = true;
      close();
    }
    return () => {
      stop();
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

/** What the stream would have told since, of the job and its children. */
async function updatesAfter(id: string, after: string, { api }: Access): Promise<Schemas["UpdatePage"]> {
  return await ask(api.GET("/api/v1/jobs/{job_id}/updates", { params: { path: { job_id: id }, query: { after } } }));
}

/** Do it unless it is being done; where it fails the next time does it, and the banner says that the server is away. */
function onlyOnce(act: () => Promise<void>): () => void {
  let isBusy = false;
  return () => {
    if (isBusy) return;
    isBusy = true;
    void act()
      .catch(() => undefined)
      .finally(() => (isBusy = false));
  };
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
