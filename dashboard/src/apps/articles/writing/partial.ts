/** Reads JSON that is still being written: what is there so far, as if it ended here. */

/** The value so far; undefined before there is one. */
export function readPartial(text: string): unknown {
  const begin = text.search(/[[{]/);
  if (begin < 0) return undefined;
  const { closers, isInText, cut } = scan(text.slice(begin));
  const whole = text.slice(begin) + (isInText ? '"' : "") + closers;
  return parsed(whole) ?? (cut && parsed(text.slice(begin, begin + cut.at) + cut.closers));
}

interface Scan {
  closers: string;
  isInText: boolean;
  /** Up to where everything is whole, and what closes it there. */
  cut: { at: number; closers: string } | null;
}

function scan(text: string): Scan {
  const open: string[] = [];
  let isInText = false;
  let isEscaped = false;
  let cut: Scan["cut"] = null;
  const closers = (): string => open.toReversed().join("");
  for (let at = 0; at < text.length; at += 1) {
    const character = text[at];
    if (isInText) {
      if (isEscaped) isEscaped = false;
      else if (character === "\\") isEscaped = true;
      else if (character === '"') isInText = false;
    } else if (character === '"') isInText = true;
    else if (character === "{" || character === "[") {
      open.push(character === "{" ? "}" : "]");
      cut = { at: at + 1, closers: closers() };
    } else if (character === "}" || character === "]") {
      open.pop();
      if (open.length === 0) return { closers: "", isInText: false, cut: { at: at + 1, closers: "" } };
    } else if (character === ",") cut = { at, closers: closers() };
  }
  return { closers: closers(), isInText, cut };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}
