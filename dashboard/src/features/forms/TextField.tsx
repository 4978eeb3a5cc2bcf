import { PasswordInput, TextInput, Textarea } from "@mantine/core";

import type { FieldProps } from "./FieldInput";

const LONG = 200;
const TYPES: Record<string, string> = { date: "date", email: "email", uri: "url", time: "time" };

/** One text: a line or a box by how long it may be, a date by its format, hidden where it is a secret. */
export function TextField({ field, value, onChange, words, isRequired }: FieldProps & { words: object }) {
  const text = typeof value === "string" ? value : "";
  const empty = field.isNullable ? null : isRequired ? "" : undefined;
  const take = (next: string): void => onChange(next === "" ? empty : next);
  const shared = { ...words, maxLength: field.maxLength, placeholder: placeholderOf(field.example) };
  if (field.isSecret) {
    return (
      <PasswordInput
        {...shared}
        value={text}
        onChange={(event) => take(event.currentTarget.value)}
        autoComplete="off"
      />
    );
  }
  if (field.format === "date-time") return <Moment words={words} text={text} onChange={take} />;
  if (field.format || (field.maxLength ?? Infinity) < LONG) {
    const type = TYPES[field.format ?? ""] ?? "text";
    return <TextInput {...shared} type={type} value={text} onChange={(event) => take(event.currentTarget.value)} />;
  }
  return (
    <Textarea
      {...shared}
      value={text}
      onChange={(event) => take(event.currentTarget.value)}
      autosize
      minRows={1}
      maxRows={12}
    />
  );
}

/** A moment is typed in the person's own time zone, and sent in UTC. */
function Moment({ words, text, onChange }: { words: object; text: string; onChange: (text: string) => void }) {
  const moment = new Date(text);
  const isMoment = text !== "" && !Number.isNaN(moment.getTime());
  const local = isMoment
    ? new Date(moment.getTime() - moment.getTimezoneOffset() * 60_000).toISOString().slice(0, 19)
    : "";
  return (
    <TextInput
      {...words}
      type="datetime-local"
      step={1}
      value={local}
      onChange={(event) => {
        const typed = new Date(event.currentTarget.value);
        onChange(Number.isNaN(typed.getTime()) ? "" : typed.toISOString());
      }}
    />
  );
}

const placeholderOf = (example: unknown): string | undefined => (typeof example === "string" ? example : undefined);
