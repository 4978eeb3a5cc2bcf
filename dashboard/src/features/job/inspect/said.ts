/** How the messages of an AI call read. */

import { count, money } from "@/lib/words";

import type { Call, Message } from "../queries";

const LONG_CHARS = 900;
const LONG_LINES = 14;

const TITLES: Record<Message["role"], string> = {
  system: "System",
  user: "User",
  assistant: "Model",
  tool_call: "Model calls",
  tool_result: "Result of",
};

export function titleOf({ role, name }: Message): string {
  return name === null ? TITLES[role] : `${TITLES[role]} ${name}`;
}

/** Whether a message is JSON, as far as one can expect. */
export function isJson({ role, is_answer: isAnswer }: Message, hasShape: boolean): boolean {
  return role === "tool_call" || role === "tool_result" || (isAnswer && hasShape);
}

/** Whether so much text is folded at first. */
export function isLong(text: string): boolean {
  return text.length > LONG_CHARS || text.split("\n", LONG_LINES + 1).length > LONG_LINES;
}

/** "812 tokens (256 cached)", as far as it is known. */
export function sentNote({ input_tokens: tokens, cached_tokens: cached, is_estimated: isGuess }: Call): string {
  if (tokens === null) return "";
  return `${isGuess ? "about " : ""}${count(tokens)} tokens${cached ? ` (${count(cached)} cached)` : ""}`;
}

/** "31 tokens (12 reasoning), $0.0018". */
export function answerNote({ output_tokens: tokens, reasoning_tokens, is_estimated, ...call }: Call): string {
  if (call.is_cached) return "kept from an equal call, $0";
  const thought = reasoning_tokens ? ` (${count(reasoning_tokens)} reasoning)` : "";
  const parts = [
    tokens === null ? "" : `${is_estimated ? "about " : ""}${count(tokens)} tokens${thought}`,
    call.cost_nano_usd === null ? "" : money(call.cost_nano_usd),
  ];
  return parts.filter((part) => part !== "").join(", ");
}

/** JSON to read; a text that is none stays as it is. */
export function indented(text: string): string {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null ? JSON.stringify(value, null, 2) : text;
  } catch {
    return text;
  }
}
