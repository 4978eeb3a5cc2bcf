import { NumberInput, Select, SimpleGrid, TagsInput, TextInput } from "@mantine/core";

import type { Fault } from "@/api/problem";

import type { Options } from "./submission";

interface Props {
  options: Options;
  onChange: (options: Options) => void;
  faults: readonly Fault[];
  mayChooseOwner: boolean;
}

const IF_EXISTS = [
  { value: "return", label: "take the one that is there" },
  { value: "replace", label: "take its place while it waits" },
  { value: "reject", label: "refuse this one" },
];

/** What may be chosen beside the input. */
export function RunOptions({ options, onChange, faults, mayChooseOwner }: Props) {
  const set = (part: Partial<Options>): void => onChange({ ...options, ...part });
  const wrong = (name: string): string | undefined => faults.find(({ pointer }) => pointer === `/${name}`)?.detail;
  return (
    <SimpleGrid cols={{ base: 1, sm: 2 }} spacing="sm">
      <TextInput
        type="datetime-local"
        label="Not before"
        description="Empty: at once."
        value={options.runAt}
        onChange={(event) => set({ runAt: event.currentTarget.value })}
        error={wrong("run_at")}
      />
      <NumberInput
        label="Priority"
        description="Higher goes first."
        allowDecimal={false}
        value={options.priority}
        onChange={(next) => set({ priority: typeof next === "number" ? next : "" })}
        error={wrong("priority")}
      />
      <TextInput
        label="Unique key"
        description="No second unfinished job of this key."
        value={options.uniqueKey}
        onChange={(event) => set({ uniqueKey: event.currentTarget.value })}
        error={wrong("unique_key")}
      />
      <Select
        label="If there is one of this key"
        description="What becomes of this submission."
        data={IF_EXISTS}
        value={options.ifExists}
        disabled={!options.uniqueKey.trim()}
        allowDeselect={false}
        onChange={(next) => {
          if (next === "return" || next === "replace" || next === "reject") set({ ifExists: next });
        }}
      />
      <TagsInput
        label="Tags"
        description="Enter or comma ends one."
        value={options.tags}
        onChange={(tags) => set({ tags })}
        error={faults.find(({ pointer }) => pointer?.startsWith("/tags"))?.detail}
        size="xs"
      />
      {mayChooseOwner && (
        <TextInput
          label="Owner"
          description="Empty: you."
          value={options.owner}
          onChange={(event) => set({ owner: event.currentTarget.value })}
          error={wrong("owner")}
        />
      )}
    </SimpleGrid>
  );
}
