import { Textarea } from "@mantine/core";
import { useEffect, useRef, useState } from "react";

interface Props {
  value: unknown;
  onChange: (value: unknown) => void;
  onReadable?: (isReadable: boolean) => void;
  disabled?: boolean;
  label: string;
}

/** A value as JSON text. The text is the person's own until it can be read; then the value follows it. */
export function JsonEditor({ value, onChange, onReadable, disabled, label }: Props) {
  const [text, setText] = useState(() => written(value));
  const [wrong, setWrong] = useState("");
  const own = useRef(value);

  useEffect(() => {
    if (Object.is(own.current, value)) return;
    own.current = value;
    setText(written(value));
    setWrong("");
  }, [value]);

  function take(next: string): void {
    setText(next);
    try {
      const read: unknown = next.trim() === "" ? undefined : JSON.parse(next);
      own.current = read;
      setWrong("");
      onReadable?.(true);
      onChange(read);
    } catch (reason) {
      setWrong(reason instanceof Error ? reason.message : String(reason));
      onReadable?.(false);
    }
  }

  return (
    <Textarea
      label={label}
      value={text}
      onChange={(event) => take(event.currentTarget.value)}
      error={wrong}
      disabled={disabled}
      autosize
      minRows={6}
      maxRows={24}
      spellCheck={false}
      styles={{ input: { fontFamily: "var(--mantine-font-family-monospace)" } }}
    />
  );
}

const written = (value: unknown): string => (value === undefined ? "" : JSON.stringify(value, null, 2));
