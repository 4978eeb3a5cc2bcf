import { CloseButton, TextInput } from "@mantine/core";
import { useDebouncedCallback } from "@mantine/hooks";
import { IconSearch } from "@tabler/icons-react";
import { type ReactNode, useState } from "react";

interface Props {
  label: string;
  placeholder: string;
  /** What the list is narrowed to: as a rule, what the URL says. */
  value: string | undefined;
  icon?: ReactNode;
  width?: number;
  maxLength?: number;
  onFind: (words: string | undefined) => void;
}

/** Words that a list is narrowed to: what is typed counts a moment after the last key, and at once by Enter. */
export function FindField({ label, placeholder, value = "", icon, width = 280, maxLength = 200, onFind }: Props) {
  const [typed, setTyped] = useState(value);
  const [said, setSaid] = useState(value);
  const [seen, setSeen] = useState(value);
  if (value !== seen) {
    setSeen(value);
    if (value !== said) setTyped(value); // changed by something else: a link, the way back
  }
  const say = (text: string): void => {
    const words = text.trim();
    setSaid(words);
    onFind(words || undefined);
  };
  const later = useDebouncedCallback(say, 300);
  const change = (text: string): void => {
    setTyped(text);
    later(text);
  };
  return (
    <TextInput
      aria-label={label}
      placeholder={placeholder}
      value={typed}
      maxLength={maxLength}
      leftSection={icon ?? <IconSearch size={14} />}
      w={{ base: "100%", xs: width }}
      onChange={(event) => change(event.currentTarget.value)}
      onKeyDown={(event) => event.key === "Enter" && say(typed)}
      rightSection={
        typed ? <CloseButton size="xs" aria-label={`Clear ${label.toLowerCase()}`} onClick={() => change("")} /> : null
      }
    />
  );
}
