import { Group, SegmentedControl } from "@mantine/core";
import { IconTag } from "@tabler/icons-react";

import { FindField } from "@/ui/FindField";

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
      <FindField
        label="Search articles"
        placeholder="Words in title, summary or text"
        value={search.q}
        onFind={(q) => onChange({ q })}
      />
      <FindField
        label="Tag"
        placeholder="Tag"
        value={search.tag}
        icon={<IconTag size={14} />}
        onFind={(tag) => onChange({ tag: tag?.toLowerCase() })}
        width={160}
        maxLength={50}
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
