import { expect, test } from "vitest";

import { readPartial } from "./partial";

const WHOLE = String.raw`{"title":"On \"mills\"","sections":[{"heading":"Water, and wheels","points":["one","two"]}],"n":[1,true,null]}`;

test("whole JSON is read as it is, words around it left out", () => {
  expect(readPartial(WHOLE)).toEqual(JSON.parse(WHOLE));
  expect(readPartial(`Here it is: ${WHOLE} and no more`)).toEqual(JSON.parse(WHOLE));
});

test("every beginning of it reads as something, and never loses what was there", () => {
  let points = 0;
  for (let length = 1; length <= WHOLE.length; length += 1) {
    const read = readPartial(WHOLE.slice(0, length)) as { sections?: { points?: string[] }[] } | undefined;
    expect(read, WHOLE.slice(0, length)).toBeTypeOf("object");
    const now = read?.sections?.[0]?.points?.length ?? 0;
    expect(now).toBeGreaterThanOrEqual(points);
    points = now;
  }
});

test("a text that is being written shows the words so far", () => {
  expect(readPartial('{"title":"How head')).toEqual({ title: "How head" });
  expect(readPartial('{"title":"How", "sec')).toEqual({ title: "How" });
  expect(readPartial('{"title":')).toEqual({});
});

test("before anything is there, there is nothing", () => {
  expect(readPartial("")).toBeUndefined();
  expect(readPartial("thinking")).toBeUndefined();
});
