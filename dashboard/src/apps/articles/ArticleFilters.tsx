import { CloseButton, Group, SegmentedControl, TextInput } from "@mantine/core";
import { useDebouncedCallback } from "@mantine/hooks";
import { IconSearch, IconTag } from "@tabler/icons-react";
import { useState } from "react";

import type { ArticlesSearch } from "./search";

interface Props {
  search: ArticlesSearch;
  onChange: (part: Partial<ArticlesSearch>) => void;
}

const STATES = [
  { value: "", label: "All" },
  { value: "draft", label: "Drafts" },
  { value: "published", label: "Published" },
];

/** Words, tag and state that the list is narrowed to. */
export function ArticleFilters({ search, onChange }: Props) {
  return (
    <Group gap="xs" mb="sm">
      <Narrow
        key={`q${search.q ?? ""}`}
        label="Search articles"
        placeholder="Words in title, summary or text"
        value={search.q}
        icon={<IconSearch size={14} />}
        onChange={(q) => onChange({ q })}
        width={280}
      />
      <Narrow
        key={`tag${search.tag ?? ""}`}
        label="Tag"
        placeholder="Tag"
        value={search.tag}
        icon={<IconTag size={14} />}
        onChange={(tag) => onChange({ tag: tag?.toLowerCase() })}
        width={160}
      />
      <SegmentedControl
        aria-label="State"
        value={search.state ?? ""}
        data={STATES}
        onChange={(next) => onChange({ state: next === "draft" || next === "published" ? next : undefined })}
      />
    </Group>
  );
}

interface NarrowProps {
  label: string;
  placeholder: string;
  value: string | undefined;
  icon: React.ReactNode;
  width: number;
  onChange: (text: string | undefined) => void;
}

/** What is typed counts a moment after the last key, and at once by Enter. */
function Narrow({ label, placeholder, value, icon, width, onChange }: NarrowProps) {
  const [typed, setTyped] = useState(value ?? "");
  const say = (next: string): void => onChange(next.trim() || undefined);
  const later = useDebouncedCallback(say, 600);
  const change = (next: string): void => {
    setTyped(next);
    later(next);
  };
  return (
    <TextInput
      aria-label={label}
      placeholder={placeholder}
      value={typed}
      leftSection={icon}
      w={{ base: "100%", xs: width }}
      onChange={(event) => change(event.currentTarget.value)}
      onKeyDown={(event) => event.key === "Enter" && say(typed)}
      rightSection={
        typed ? <CloseButton size="xs" aria-label={`Clear ${label.toLowerCase()}`} onClick={() => change("")} /> : null
      }
    />
  );
}
