import { expect, test } from "vitest";

import { cronWords } from "./cron";

test.each([
  ["0 6 * * mon-fri", "at 06:00, Monday to Friday"],
  ["30 8,18 * * *", "at 08:30 and 18:30, every day"],
  ["*/5 * * * *", "every 5 minutes"],
  ["* * * * *", "every minute"],
  ["15,45 * * * *", "at minute 15 and 45, every day"],
  ["0 */2 * * *", "at minute 0 of every 2nd hour, every day"],
  ["*/10 8-17 * * 1-5", "every 10 minutes of the hours 08 to 17, Monday to Friday"],
  ["0 0 1 * *", "at 00:00, on the 1st of the month"],
  ["0 0 l * *", "at 00:00, on the last day of the month"],
  ["0 9 * * mon#1", "at 09:00, the 1st Monday of the month"],
  ["0 9 1 * 7", "at 09:00, on the 1st of the month or on Sunday"],
  ["0 9 * mar,oct *", "at 09:00, every day, in March and October"],
  ["@weekly", "at 00:00, Sunday"],
])("%s is said in words", (expression, words) => {
  expect(cronWords(expression)).toBe(words);
});

test.each(["", "0 6 * *", "0 6 * * mon-fry", "nonsense", "0 6 * * * *", "x * * * *"])("%s is not said", (text) => {
  expect(cronWords(text)).toBeNull();
});
