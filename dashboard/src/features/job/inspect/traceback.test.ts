import { expect, test } from "vitest";

import { framesOf } from "./traceback";

const TRACEBACK = `Traceback (most recent call last):
  File "/srv/headrace/worker/execute.py", line 43, in _execute
    result = await _call(run, task, argument, means)
             ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
  File "/srv/mill/mill.py", line 50, in grind
    check_the_stones()
  File "/srv/mill/mill.py", line 61, in check_the_stones
    raise RuntimeError("The upper stone is loose")
  File "/x/lib/python3.11/site-packages/httpx/client.py", line 7, in get
RuntimeError: The upper stone is loose
`;

test("frames come nearest to the fault first, with the line of code", () => {
  const frames = framesOf(TRACEBACK);
  expect(frames.map(({ line }) => line)).toEqual([7, 61, 50, 43]);
  expect(frames[2]).toEqual({
    file: "/srv/mill/mill.py",
    line: 50,
    name: "grind",
    code: "check_the_stones()",
    isOwn: true,
  });
});

test("libraries and the platform are not one's own code", () => {
  expect(framesOf(TRACEBACK).map(({ isOwn }) => isOwn)).toEqual([false, true, true, false]);
});

test("of chained exceptions the last one counts", () => {
  const chained = `${TRACEBACK}\nDuring handling of the above exception, another exception occurred:\n\nTraceback (most recent call last):\n  File "/a.py", line 1, in <module>\n    x\nKeyError: 1`;
  expect(framesOf(chained).map(({ file }) => file)).toEqual(["/a.py"]);
});

test("a text that is no traceback has no frames", () => {
  expect(framesOf("killed")).toEqual([]);
});
