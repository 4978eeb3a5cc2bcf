/** A cron expression in words. What the server can't read it refuses; what can't be said here is shown as it stands. */

const ALIASES: Record<string, string> = {
  "@hourly": "0 * * * *",
  "@daily": "0 0 * * *",
  "@midnight": "0 0 * * *",
  "@weekly": "0 0 * * 0",
  "@monthly": "0 0 1 * *",
  "@yearly": "0 0 1 1 *",
  "@annually": "0 0 1 1 *",
};
const DAYS = ["Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"];
const MONTHS = [
  "January",
  "February",
  "March",
  "April",
  "May",
  "June",
  "July",
  "August",
  "September",
  "October",
  "November",
  "December",
];
const EVERY_DAY = "every day";
const NUMBER = /^\d+$/;

/** "at 06:00, Monday to Friday"; null for what is no expression of five fields. */
export function cronWords(expression: string): string | null {
  const text = expression.trim().toLowerCase();
  const fields = (ALIASES[text] ?? text).split(/\s+/);
  const [minute, hour, day, month, weekday] = fields;
  if (fields.length !== 5 || !minute || !hour || !day || !month || !weekday) return null;
  const time = timeWords(minute, hour);
  const days = dayWords(day, weekday);
  const months = listWords(month, (part) => named(part, MONTHS, 1), "month");
  if (time === null || days === null || months === null) return null;
  const often = time.startsWith("every") && days === EVERY_DAY;
  return [time, often ? "" : days, months && `in ${months}`].filter(Boolean).join(", ");
}

function timeWords(minute: string, hour: string): string | null {
  if (NUMBER.test(minute) && hour.split(",").every((one) => NUMBER.test(one))) {
    const times = hour.split(",").map((one) => `${one.padStart(2, "0")}:${minute.padStart(2, "0")}`);
    return `at ${joined(times)}`;
  }
  const minutes = minuteWords(minute);
  if (minutes === null) return null;
  if (hour === "*") return minutes;
  const step = /^\*\/(\d+)$/.exec(hour);
  if (step?.[1]) return `${minutes} of every ${ordinal(Number(step[1]))} hour`;
  const hours = listWords(hour, (part) => (NUMBER.test(part) ? part.padStart(2, "0") : null), "hour");
  return hours && `${minutes} of the hours ${hours}`;
}

function minuteWords(minute: string): string | null {
  if (minute === "*") return "every minute";
  const step = /^\*\/(\d+)$/.exec(minute);
  if (step?.[1]) return step[1] === "1" ? "every minute" : `every ${step[1]} minutes`;
  const minutes = listWords(minute, (part) => (NUMBER.test(part) ? part : null), "minute");
  return minutes && `at minute ${minutes}`;
}

function dayWords(day: string, weekday: string): string | null {
  const ofMonth = listWords(day, dayOfMonth, "day");
  const ofWeek = listWords(weekday, dayOfWeek, "day");
  if (ofMonth === null || ofWeek === null) return null;
  if (ofMonth && ofWeek) return `on ${ofMonth} of the month or on ${ofWeek}`;
  if (ofMonth) return `on ${ofMonth} of the month`;
  return ofWeek || EVERY_DAY;
}

function dayOfMonth(part: string): string | null {
  if (part === "l") return "the last day";
  return NUMBER.test(part) ? `the ${ordinal(Number(part))}` : null;
}

function dayOfWeek(part: string): string | null {
  const [name = "", place] = part.split("#");
  const day = named(name === "7" ? "0" : name, DAYS, 0);
  if (place === undefined || day === null) return day;
  return NUMBER.test(place) ? `the ${ordinal(Number(place))} ${day} of the month` : null;
}

/** Each part of "1,5-7" in words; nothing for "*", null for what can't be said. */
function listWords(field: string, say: (part: string) => string | null, unit: string): string | null {
  if (field === "*" || field === "?") return "";
  const parts = field.split(",").map((part) => {
    const [range = "", step] = part.split("/");
    const ends = range.split("-").map(say);
    const whole = range === "*" ? "" : ends.some((end) => end === null) ? null : ends.join(" to ");
    if (step === undefined || whole === null) return whole === "" ? null : whole;
    const every = NUMBER.test(step) ? `every ${ordinal(Number(step))} ${unit}` : null;
    return every && (whole ? `${every} from ${whole}` : every);
  });
  const said = parts.filter((part) => part !== null);
  return said.length === parts.length ? joined(said) : null;
}

function named(part: string, names: string[], first: number): string | null {
  if (NUMBER.test(part)) return names[Number(part) - first] ?? null;
  return (part.length === 3 && names.find((name) => name.toLowerCase().startsWith(part))) || null;
}

function ordinal(number: number): string {
  const tens = number % 100;
  const end = tens > 10 && tens < 14 ? "th" : (["th", "st", "nd", "rd"][number % 10] ?? "th");
  return `${String(number)}${end}`;
}

function joined(words: string[]): string {
  if (words.length < 2) return words.join("");
  return `${words.slice(0, -1).join(", ")} and ${words.at(-1) ?? ""}`;
}
