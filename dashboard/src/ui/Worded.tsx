import { Code } from "@mantine/core";
import { Fragment } from "react";

/** A text as docstrings are written: what stands between backticks is code. */
export function Worded({ text }: { text: string }) {
  return text.split(/`([^`\n]+)`/).map((part, place) => (
    // the parts of a text never move
    <Fragment key={place}>{place % 2 === 1 ? <Code>{part}</Code> : part}</Fragment>
  ));
}
