/** The time of day of an event, to the millisecond, in the reader's zone. */

const FORMAT = new Intl.DateTimeFormat("en-GB", {
  hour: "2-digit",
  minute: "2-digit",
  second: "2-digit",
  fractionalSecondDigits: 3,
});

export function clockOf(at: number): string {
  return FORMAT.format(at);
}
